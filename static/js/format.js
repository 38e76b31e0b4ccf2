/* <dugnad-format>: puts the marks of Markdown around what is chosen in the text before it, or takes them away again. */
(() => {
  "use strict";
  const AROUND = { bold: "**", italic: "*", code: "`" };
  const BEFORE = { heading: "## ", list: "- ", numbers: "1. ", quote: "> " };
  const KEYS = { b: "bold", i: "italic", k: "link" };

  class Format extends HTMLElement {
    connectedCallback() {
      this.area = this.parentElement.querySelector("textarea");
      if (!this.area || this.ready) return;
      this.ready = true;
      this.buttons.forEach((button, n) => { button.tabIndex = n ? -1 : 0; });
      this.addEventListener("click", (event) => this.does(event.target.closest("[data-format]")?.dataset.format));
      this.addEventListener("keydown", (event) => this.walk(event));
      this.area.addEventListener("keydown", (event) => {
        const what = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && KEYS[event.key.toLowerCase()];
        if (!what) return;
        event.preventDefault();
        this.does(what);
      });
    }

    get buttons() {
      return [...this.querySelectorAll("button")];
    }

    /** One stop for Tab; the arrows go on from there. */
    walk(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const at = this.buttons.indexOf(event.target);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = this.buttons[(at + step + this.buttons.length) % this.buttons.length];
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }

    does(what) {
      if (!what || what === "table") return; // <dugnad-grid> does that
      if (AROUND[what]) this.around(AROUND[what]);
      else if (BEFORE[what]) this.before(BEFORE[what]);
      else this.link();
      this.area.focus();
    }

    get chosen() {
      return this.area.value.slice(this.area.selectionStart, this.area.selectionEnd);
    }

    around(mark) {
      const { selectionStart: start, selectionEnd: end, value } = this.area;
      const has = value.slice(start - mark.length, start) === mark && value.slice(end, end + mark.length) === mark;
      const from = has ? start - mark.length : start;
      this.put(has ? this.chosen : mark + this.chosen + mark, from, has ? end + mark.length : end);
      const inside = has ? from : start + mark.length;
      this.area.setSelectionRange(inside, inside + end - start);
    }

    before(mark) {
      const { selectionStart, selectionEnd, value } = this.area;
      const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
      const lines = value.slice(start, selectionEnd).split("\n");
      const all = lines.every((line) => line.startsWith(mark));
      const made = lines.map((line) => (all ? line.slice(mark.length) : mark + line)).join("\n");
      this.put(made, start, selectionEnd);
      this.area.setSelectionRange(start + (lines.length > 1 ? 0 : made.length), start + made.length);
    }

    link() {
      const { selectionStart: start, selectionEnd: end } = this.area;
      const isAddress = /^https?:\/\/\S+$/.test(this.chosen);
      this.put(isAddress ? `[](${this.chosen})` : `[${this.chosen}]()`, start, end);
      const at = isAddress ? start + 1 : start + this.chosen.length;
      if (!isAddress) this.area.setSelectionRange(end + 3, end + 3); else this.area.setSelectionRange(at, at);
    }

    /** Typed, as far as the browser is concerned: what was there comes back by Ctrl-Z. */
    put(text, start, end) {
      this.area.focus();
      this.area.setSelectionRange(start, end);
      if (!document.execCommand("insertText", false, text)) this.area.setRangeText(text, start, end, "end");
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  customElements.define("dugnad-format", Format);
})();
