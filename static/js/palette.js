/* <dugnad-palette>: Ctrl-K opens it, a few letters find a page, a person, a space or something to do, Enter goes there. */
(() => {
  "use strict";
  const WAIT = 120;

  class Palette extends HTMLElement {
    connectedCallback() {
      this.dialog = this.querySelector("dialog");
      this.input = this.querySelector("input");
      this.list = this.querySelector("[role=listbox]");
      this.press = (event) => {
        if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "k") return;
        if (event.defaultPrevented) return;
        event.preventDefault();
        this.open();
      };
      document.addEventListener("keydown", this.press);
      this.input.addEventListener("input", () => {
        clearTimeout(this.timer);
        this.stale = true;
        this.timer = setTimeout(() => this.ask(), WAIT);
      });
      this.input.addEventListener("keydown", (event) => this.key(event));
    }

    disconnectedCallback() {
      document.removeEventListener("keydown", this.press);
    }

    open() {
      if (this.dialog.open) return;
      this.input.value = "";
      this.going = false;
      this.list.replaceChildren();
      this.dialog.showModal();
      this.ask();
    }

    async ask() {
      const q = this.input.value;
      this.asked?.abort();
      this.asked = new AbortController();
      try {
        const url = `${this.dataset.url}?${new URLSearchParams({ q })}`;
        const answer = await fetch(url, { signal: this.asked.signal, headers: { "hx-request": "true" } });
        if (answer.ok) this.show(await answer.text(), q);
      } catch { /* The next letter asks anew. */ }
    }

    show(html, q) {
      const found = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[role=option]");
      this.list.replaceChildren(...found);
      this.options.forEach((option, n) => Object.assign(option, { id: `palette-${n}`, tabIndex: -1 }));
      this.choose(0);
      this.stale = q !== this.input.value;
      if (this.going) this.go();
    }

    /** What is shown may be for fewer letters than are typed: then the answer to all of them is waited for. */
    go() {
      this.going = this.stale;
      if (!this.stale) this.options[this.chosen]?.click();
    }

    get options() {
      return [...this.list.querySelectorAll("[role=option]")];
    }

    choose(n) {
      const { options } = this;
      if (!options.length) return this.input.removeAttribute("aria-activedescendant");
      this.chosen = (n + options.length) % options.length;
      options.forEach((option, each) => option.setAttribute("aria-selected", String(each === this.chosen)));
      options[this.chosen].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", options[this.chosen].id);
    }

    key(event) {
      if (event.isComposing) return;
      const does = {
        ArrowDown: () => this.choose(this.chosen + 1),
        ArrowUp: () => this.choose(this.chosen - 1),
        Enter: () => this.go(),
      }[event.key];
      if (!does) return;
      event.preventDefault();
      does();
    }
  }

  customElements.define("dugnad-palette", Palette);
})();
