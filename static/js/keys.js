/* <dugnad-keys>: what can be done from the keyboard. Silent while somebody types; `?` shows the list in the dialog inside. */
(() => {
  "use strict";
  const WAIT = 1200;
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog[open]");
  const rows = () => [...document.querySelectorAll("main :is(.rows > .row, .threads .reply, .cloud > li)")];
  const chosen = () => document.activeElement.closest("main :is(.row, .reply)");

  class Keys extends HTMLElement {
    connectedCallback() {
      this.press = (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return this.send(event);
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
        const does = this.does(event.key);
        if (!does) return;
        event.preventDefault();
        does();
      };
      document.addEventListener("keydown", this.press);
      this.querySelector("dialog button")?.addEventListener("click", () => this.querySelector("dialog").close());
    }

    disconnectedCallback() {
      document.removeEventListener("keydown", this.press);
    }

    does(key) {
      const went = this.went;
      this.went = false;
      const place = went && document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (place) return () => place.click();
      const here = this.here(key);
      if (here) return here;
      const named = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
      const found = named.find((each) => each.matches("input, textarea")) ?? named[0];
      if (found) return () => (found.matches("input, textarea") ? found.focus() : found.click());
      return {
        "?": () => this.querySelector("dialog").showModal(),
        g: () => this.go(),
        j: () => this.step(1),
        k: () => this.step(-1),
      }[key];
    }

    /** What can be done with the thing in a list that has the focus. */
    here(key) {
      const row = /^[a-z]$/.test(key) && chosen();
      const to = row?.dataset?.[key];
      if (to) return () => location.assign(to);
      const link = row && row.querySelector(`[data-here="${key}"]`);
      return link && (() => link.click());
    }

    /** What is being written is sent as its first button does. */
    send(event) {
      const { form } = event.target;
      if (!form?.matches("[data-keep]") || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector(".button:not([formaction])"));
    }

    /** The next key says where to. */
    go() {
      this.went = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => { this.went = false; }, WAIT);
    }

    /** To the next thing in a list, or the one before. */
    step(by) {
      const all = rows();
      const at = all.findIndex((row) => row.contains(document.activeElement));
      const row = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
      const link = row?.querySelector("h2 a, h3 a") ?? row?.querySelector(".when, .by a") ?? row?.querySelector("a[href], button");
      if (!link) return;
      link.focus();
      row.scrollIntoView({ block: "nearest" });
    }
  }

  customElements.define("dugnad-keys", Keys);
})();
