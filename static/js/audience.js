/* <dugnad-audience>: the button says with whom one is about to share. */
(() => {
  "use strict";

  class Audience extends HTMLElement {
    connectedCallback() {
      const where = this.querySelector("select[data-share]");
      const button = this.querySelector(".button:not([formaction])");
      if (!where || !button) return;
      const whom = new Map([...where.options].map((each) => [each, each.textContent.trim()]));
      for (const each of where.options) each.textContent = each.dataset.name;
      const say = () => { button.textContent = where.dataset.share.replace("{whom}", whom.get(where.selectedOptions[0]) ?? ""); };
      where.addEventListener("change", say);
      say();
    }
  }

  customElements.define("dugnad-audience", Audience);

  /* The box at rest opens when something in it has the focus: a button that is pressed does not take it, so that it stays under the finger. */
  document.addEventListener("mousedown", (event) => { if (event.target.closest?.(".composer button")) event.preventDefault(); });
})();
