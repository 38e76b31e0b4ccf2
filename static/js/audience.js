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
})();
