/* <dugnad-quote>: choosing a passage of a text offers to say something of it, to suggest a change, or to ask; and passages that something is
   said of are marked, each up to its mark in the text. "Quote" takes only what is chosen. */
(() => {
  "use strict";
  const LONGEST = 1000;
  const AROUND = 200;

  /** The text of `root`, blanks counted alike, where each of its signs stands, and how far each mark in it is. */
  const read = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const places = [];
    const marks = {};
    let text = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest(".says")) continue;
      const mark = node.parentElement.closest(".noted");
      if (mark) {
        marks[mark.id] = text.trimEnd().length;
        continue;
      }
      for (let at = 0; at < node.data.length; at += 1) {
        const sign = /\s/.test(node.data[at]) ? " " : node.data[at];
        if (sign === " " && text.endsWith(" ")) continue;
        text += sign;
        places.push([node, at]);
      }
    }
    return { text, places, marks };
  };

  /** The range of `quote` that ends nearest to the mark; null when it is no longer there. */
  const rangeOf = ({ text, places, marks }, quote, mark) => {
    const wanted = quote.trim().replace(/\s+/g, " ");
    if (!wanted || marks[mark] === undefined) return null;
    let start = -1;
    const away = (place) => Math.abs(place + wanted.length - marks[mark]);
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      if (start < 0 || away(at) < away(start)) start = at;
    }
    if (start < 0) return null;
    const range = new Range();
    range.setStart(...places[start]);
    const [last, at] = places[start + wanted.length - 1];
    range.setEnd(last, at + 1);
    return range;
  };

  const mark = () => {
    if (!window.CSS?.highlights) return;
    const texts = new Map();
    const ranges = [...document.querySelectorAll("[data-passage-of]")].map((each) => {
      const root = document.getElementById(each.dataset.passageOf);
      if (!root) return null;
      if (!texts.has(root)) texts.set(root, read(root));
      const words = [...each.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join("");
      return rangeOf(texts.get(root), words, each.dataset.note);
    });
    CSS.highlights.set("quoted", new Highlight(...ranges.filter(Boolean)));
  };

  /** What is chosen, without the marks that stand in it, and without what its terms mean. */
  const wordsOf = (range) => {
    const copy = range.cloneContents();
    if (!copy.querySelector(".noted, .says")) return getSelection().toString().trim();
    copy.querySelectorAll(".noted, .says").forEach((each) => each.remove());
    return copy.textContent.trim();
  };

  class Quote extends HTMLElement {
    connectedCallback() {
      this.place = document.getElementById(this.dataset.form);
      if (!this.place || this.bar) return;
      this.bar = Object.assign(document.createElement("div"), { className: "quote-this", hidden: true });
      this.button = Object.assign(document.createElement("button"), { type: "button", textContent: this.dataset.label });
      this.bar.append(this.button);
      for (const name of ["suggest", "ask"]) {
        if (this.dataset[name]) this.bar.append(Object.assign(document.createElement("a"), { textContent: this.dataset[`${name}Label`] }));
      }
      for (const each of this.bar.children) each.className = "button";
      this.append(this.bar);
      this.changed = () => this.offer();
      document.addEventListener("selectionchange", this.changed);
      this.bar.addEventListener("pointerdown", (event) => event.preventDefault());
      this.button.addEventListener("click", () => this.take());
    }

    disconnectedCallback() {
      document.removeEventListener("selectionchange", this.changed);
    }

    offer() {
      const chosen = getSelection();
      const range = chosen.rangeCount && !chosen.isCollapsed ? chosen.getRangeAt(0) : null;
      const inside = range && this.firstElementChild.contains(range.commonAncestorContainer);
      const words = inside ? wordsOf(range) : "";
      this.bar.hidden = !words || words.length > LONGEST;
      if (this.bar.hidden) return;
      this.words = words;
      this.range = range.cloneRange();
      for (const [at, name] of ["suggest", "ask"].filter((each) => this.dataset[each]).entries()) {
        this.bar.children[at + 1].href = `${this.dataset[name]}?${new URLSearchParams({ passage: words })}`;
      }
      const last = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
      const here = this.getBoundingClientRect();
      this.bar.style.insetBlockStart = `${last.bottom - here.top + 6}px`;
      this.bar.style.insetInlineStart = `${Math.max(0, Math.min(last.right - here.left - 60, here.width - this.bar.offsetWidth))}px`;
    }

    /** What stands before the passage tells it apart from the same words elsewhere. */
    before() {
      const range = new Range();
      range.setStart(this.firstElementChild, 0);
      range.setEnd(this.range.startContainer, this.range.startOffset);
      const copy = range.cloneContents();
      copy.querySelectorAll(".noted, .says").forEach((each) => each.remove());
      return copy.textContent;
    }

    take() {
      this.place.open = true;
      const form = this.place.querySelector("form");
      const before = this.before();
      form.elements.namedItem("quote").value = this.words;
      form.elements.namedItem("before").value = before.slice(-AROUND);
      form.elements.namedItem("anchor").value = [...before.replace(/\s+/g, " ")].length;
      form.elements.namedItem("body").focus();
      getSelection().removeAllRanges();
    }
  }

  customElements.define("dugnad-quote", Quote);

  /** Where a change to a passage is suggested, the text is shown from there on, as far as the words stand in it as they are read. */
  const goToPassage = () => {
    const said = document.querySelector("[data-chosen]:not([data-shown])");
    const area = said && document.getElementById(said.dataset.chosen);
    const words = said?.textContent.trim().split(/\n/)[0] ?? "";
    const at = area && words ? [words, words.split(" ").slice(0, 4).join(" ")].map((each) => [area.value.indexOf(each), each.length]).find(([place]) => place >= 0) : null;
    if (said) said.dataset.shown = "";
    if (!at) return;
    area.focus();
    area.setSelectionRange(at[0], at[0] + at[1]);
    area.scrollTop = area.scrollHeight * (at[0] / area.value.length) - area.clientHeight / 3;
  };

  /** "Quote" takes what is chosen of its text, or all of it. When it is pressed, the choice is still there. */
  const takeChosen = (event) => {
    const link = event.target.closest?.("a[data-quote]");
    if (!link) return;
    const chosen = getSelection();
    const range = chosen.rangeCount && !chosen.isCollapsed ? chosen.getRangeAt(0) : null;
    const text = document.querySelector(`#entry-${link.dataset.quote} .prose`);
    const words = range && text?.contains(range.commonAncestorContainer) ? wordsOf(range) : "";
    const to = new URL(link.href);
    if (words && words.length <= LONGEST) to.searchParams.set("passage", words);
    else if (event.type === "pointerdown") to.searchParams.delete("passage");
    link.href = to.href;
  };
  for (const when of ["pointerdown", "click"]) document.addEventListener(when, takeChosen);

  /** What one says to a quotation follows it. */
  const afterQuotation = () => {
    const area = new URLSearchParams(location.search).has("quote") && document.querySelector(".answer textarea[name=body]");
    if (area) area.setSelectionRange(area.value.length, area.value.length);
  };

  mark();
  goToPassage();
  afterQuotation();
  document.addEventListener("htmx:after:swap", () => { mark(); goToPassage(); });
})();
