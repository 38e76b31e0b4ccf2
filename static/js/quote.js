/* <dugnad-quote>: choosing a passage of a text offers to annotate it; passages that are annotated are marked. */
(() => {
  "use strict";
  const LONGEST = 1000;

  /** The range of `quote` in the text of `root`, blanks counted alike; null when it is no longer there. */
  const rangeOf = (root, quote) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const places = [];
    let text = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (let at = 0; at < node.data.length; at += 1) {
        const sign = /\s/.test(node.data[at]) ? " " : node.data[at];
        if (sign === " " && text.endsWith(" ")) continue;
        text += sign;
        places.push([node, at]);
      }
    }
    const wanted = quote.trim().replace(/\s+/g, " ");
    const start = wanted ? text.indexOf(wanted) : -1;
    if (start < 0) return null;
    const range = new Range();
    range.setStart(...places[start]);
    const [last, at] = places[start + wanted.length - 1];
    range.setEnd(last, at + 1);
    return range;
  };

  const mark = () => {
    if (!window.CSS?.highlights) return;
    const ranges = [...document.querySelectorAll("[data-passage-of]")].map((each) => {
      const root = document.getElementById(each.dataset.passageOf);
      return root && rangeOf(root, each.textContent);
    });
    CSS.highlights.set("quoted", new Highlight(...ranges.filter(Boolean)));
  };

  class Quote extends HTMLElement {
    connectedCallback() {
      this.place = document.getElementById(this.dataset.form);
      if (!this.place || this.button) return;
      this.button = Object.assign(document.createElement("button"), {
        type: "button", className: "button quote-this", textContent: this.dataset.label, hidden: true,
      });
      this.append(this.button);
      this.changed = () => this.offer();
      document.addEventListener("selectionchange", this.changed);
      this.button.addEventListener("pointerdown", (event) => event.preventDefault());
      this.button.addEventListener("click", () => this.take());
    }

    disconnectedCallback() {
      document.removeEventListener("selectionchange", this.changed);
    }

    offer() {
      const chosen = getSelection();
      const range = chosen.rangeCount && !chosen.isCollapsed ? chosen.getRangeAt(0) : null;
      const inside = range && this.contains(range.commonAncestorContainer);
      const words = inside ? chosen.toString().trim() : "";
      this.button.hidden = !words || words.length > LONGEST;
      if (this.button.hidden) return;
      this.words = words;
      const last = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
      const here = this.getBoundingClientRect();
      this.button.style.insetBlockStart = `${last.bottom - here.top + 6}px`;
      this.button.style.insetInlineStart = `${Math.max(0, Math.min(last.right - here.left - 60, here.width - this.button.offsetWidth))}px`;
    }

    take() {
      this.place.open = true;
      const form = this.place.querySelector("form");
      form.elements.namedItem("quote").value = this.words;
      form.elements.namedItem("body").focus();
      getSelection().removeAllRanges();
    }
  }

  customElements.define("dugnad-quote", Quote);
  mark();
  document.addEventListener("htmx:after:swap", mark);
})();
