/* <dugnad-keys>: `/` searches, `n` writes something new, `?` shows the keys. Silent while somebody types. */
(() => {
  "use strict";
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");

  class Keys extends HTMLElement {
    connectedCallback() {
      this.press = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
        if (event.key === "?") this.help(event);
        const found = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
        if (!found) return;
        event.preventDefault();
        if (found.matches("input")) found.focus(); else found.click();
      };
      document.addEventListener("keydown", this.press);
    }

    disconnectedCallback() {
      document.removeEventListener("keydown", this.press);
    }

    help(event) {
      event.preventDefault();
      this.dialog ??= this.made();
      this.dialog.showModal();
    }

    made() {
      const { title, close, search, new: write, help } = this.dataset;
      const dialog = document.createElement("dialog");
      const heading = Object.assign(document.createElement("h2"), { textContent: title, id: "keys-title" });
      const list = document.createElement("dl");
      for (const [key, words] of [["/", search], ["n", write], ["?", help]]) {
        const term = document.createElement("dt");
        term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
        list.append(term, Object.assign(document.createElement("dd"), { textContent: words }));
      }
      const button = Object.assign(document.createElement("button"), { className: "button", textContent: close });
      button.addEventListener("click", () => dialog.close());
      dialog.setAttribute("aria-labelledby", heading.id);
      dialog.append(heading, list, button);
      this.append(dialog);
      return dialog;
    }
  }

  customElements.define("dugnad-keys", Keys);
})();
