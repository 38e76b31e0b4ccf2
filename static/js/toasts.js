/* <dugnad-toasts>: what was just done, and how to take it back. Stays long enough to be read and reached, and for as long as
   somebody points at it or has the focus in it. */
(() => {
  "use strict";
  const LONG = 12_000;

  class Toasts extends HTMLElement {
    connectedCallback() {
      this.seen = new MutationObserver(() => this.greet());
      this.seen.observe(this, { childList: true });
      this.offline = () => this.say(this.dataset.offline);
      this.escape = (event) => { if (event.key === "Escape" && this.contains(document.activeElement)) this.replaceChildren(); };
      document.addEventListener("htmx:error", this.offline);
      document.addEventListener("keydown", this.escape);
      this.greet();
    }

    disconnectedCallback() {
      this.seen.disconnect();
      document.removeEventListener("htmx:error", this.offline);
      document.removeEventListener("keydown", this.escape);
    }

    greet() {
      for (const toast of this.querySelectorAll(":scope > .notice:not([data-greeted])")) {
        toast.dataset.greeted = "";
        const close = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: this.dataset.close });
        close.addEventListener("click", () => toast.remove());
        toast.append(close);
        this.leaveLater(toast);
      }
    }

    /** Time stands still while somebody is at it. */
    leaveLater(toast) {
      let timer;
      const wait = () => { timer = setTimeout(() => toast.remove(), LONG); };
      const hold = () => clearTimeout(timer);
      for (const on of ["pointerenter", "focusin"]) toast.addEventListener(on, hold);
      for (const off of ["pointerleave", "focusout"]) toast.addEventListener(off, wait);
      wait();
    }

    say(words) {
      const toast = Object.assign(document.createElement("div"), { className: "notice" });
      toast.append(Object.assign(document.createElement("p"), { textContent: words }));
      this.replaceChildren(toast);
    }
  }

  customElements.define("dugnad-toasts", Toasts);
})();
