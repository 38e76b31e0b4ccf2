/* <dugnad-complete>: while one types @somebody, #a-tag or [[a title, offers what it could become. */
(() => {
  "use strict";
  const STARTS = [
    [/(?:^|[\s(])@([\p{L}\p{N}._-]{1,40})$/u, "mention", 1],
    [/(?:^|[\s(])#([\p{L}\p{N}_-]{1,60})$/u, "tag", 1],
    [/\[\[([^[\]\n]{1,120})$/u, "page", 2],
  ];
  const WAIT = 150;
  let made = 0;

  /** What is being written before the cursor: which sort, the letters so far, and where its sign begins. */
  const wordAt = (area) => {
    const before = area.value.slice(0, area.selectionStart);
    for (const [pattern, what, sign] of STARTS) {
      const found = pattern.exec(before);
      if (found) return { what, q: found[1], start: before.length - found[1].length - sign };
    }
    return null;
  };

  class Complete extends HTMLElement {
    connectedCallback() {
      this.area = this.querySelector("textarea");
      if (!this.area || this.list) return;
      this.list = document.createElement("div");
      this.list.className = "suggestions";
      this.list.id = `suggestions-${++made}`;
      this.list.hidden = true;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", this.dataset.label);
      this.append(this.list);
      this.area.setAttribute("aria-autocomplete", "list");
      this.area.setAttribute("aria-controls", this.list.id);
      this.area.addEventListener("input", () => this.later());
      this.area.addEventListener("keydown", (event) => this.key(event));
      this.area.addEventListener("blur", () => this.leave());
      this.list.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        const option = event.target.closest("[role=option]");
        if (option) this.take(option);
      });
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      this.asked?.abort();
    }

    /** What is still on its way is for somebody who writes. */
    leave() {
      clearTimeout(this.timer);
      this.asked?.abort();
      this.close();
    }

    later() {
      clearTimeout(this.timer);
      this.asked?.abort();
      // Words that are put back where nobody writes ask for nothing.
      const before = this.word;
      this.word = document.activeElement === this.area ? wordAt(this.area) : null;
      if (!this.word) return this.close();
      this.sift(before);
      this.timer = setTimeout(() => this.word && this.ask(this.word), WAIT);
    }

    /** What no longer fits is not offered while the answer is on its way: Enter would take it. */
    sift(before) {
      const same = before?.what === this.word.what && before?.start === this.word.start;
      const q = this.word.q.toLowerCase();
      for (const option of this.options) if (!same || !option.textContent.toLowerCase().includes(q)) option.remove();
      if (this.options.length) return this.choose(0);
      this.list.hidden = true;
      this.area.removeAttribute("aria-activedescendant");
    }

    async ask(word) {
      this.asked = new AbortController();
      const form = this.area.form;
      const entry = form?.dataset.entry ?? form?.elements.namedItem("parent")?.value ?? "";
      const place = { space: form?.elements.namedItem("space")?.value ?? "", ...(entry ? { entry } : {}) };
      const url = `${this.dataset.url}?${new URLSearchParams({ what: word.what, q: word.q, ...place })}`;
      try {
        const answer = await fetch(url, { signal: this.asked.signal, headers: { "hx-request": "true" } });
        if (answer.ok) this.show(await answer.text());
      } catch {
        this.close();
      }
    }

    show(html) {
      const found = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[role=option]");
      this.list.replaceChildren(...found);
      this.options.forEach((option, n) => { option.id = `${this.list.id}-${n}`; });
      this.list.hidden = found.length === 0;
      if (found.length) this.choose(0); else this.close();
    }

    get options() {
      return [...this.list.children];
    }

    choose(n) {
      const { options } = this;
      this.chosen = (n + options.length) % options.length;
      options.forEach((option, each) => option.setAttribute("aria-selected", String(each === this.chosen)));
      options[this.chosen].scrollIntoView({ block: "nearest" });
      this.area.setAttribute("aria-activedescendant", options[this.chosen].id);
    }

    key(event) {
      if (this.list.hidden || event.isComposing) return;
      const does = {
        ArrowDown: () => this.choose(this.chosen + 1),
        ArrowUp: () => this.choose(this.chosen - 1),
        Enter: () => this.take(this.options[this.chosen]),
        Tab: () => this.take(this.options[this.chosen]),
        Escape: () => this.close(),
      }[event.key];
      if (!does || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      does();
    }

    take(option) {
      if (!this.word) return;
      this.area.setRangeText(`${option.dataset.insert} `, this.word.start, this.area.selectionStart, "end");
      this.close();
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
    }

    close() {
      this.word = null;
      this.list.hidden = true;
      this.area.removeAttribute("aria-activedescendant");
    }
  }

  customElements.define("dugnad-complete", Complete);

  /* Tags that are offered beside the field for them go in and out of it. */
  const plain = (tag) => tag.replace(/^#/, "").toLowerCase();
  const field = (button) => button.closest("form")?.elements.namedItem("tags");
  const given = (button) => (field(button)?.value ?? "").split(/\s+/).filter(Boolean);
  const has = (button) => given(button).some((each) => plain(each) === plain(button.dataset.tag));
  const look = () => document.querySelectorAll("[data-tag]").forEach((button) => button.setAttribute("aria-pressed", String(has(button))));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tag]");
    const tags = button && field(button);
    if (!tags) return;
    const rest = given(button).filter((each) => plain(each) !== plain(button.dataset.tag));
    tags.value = [...rest, ...(has(button) ? [] : [button.dataset.tag])].join(" ");
    tags.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("input", look);
  document.addEventListener("htmx:after:swap", look);
  look();
})();
