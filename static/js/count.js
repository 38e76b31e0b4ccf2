/* <dugnad-count>: says how many characters are left, once there are not many, and how many are too many; then the way on is shown that its form
   has for what is longer. */
(() => {
  "use strict";

  class Count extends HTMLElement {
    connectedCallback() {
      this.area = this.querySelector("textarea");
      if (!this.area || this.said) return;
      this.said = document.createElement("p");
      this.said.className = "left";
      this.said.setAttribute("aria-live", "polite");
      this.append(this.said);
      this.area.addEventListener("input", () => this.count());
      this.count();
    }

    count() {
      const most = Number(this.dataset.most);
      const rough = most - this.area.value.length; // no letter is shorter than this; to count them takes longer
      const left = rough > most / 5 ? rough : most - [...this.area.value].length;
      this.said.hidden = left > most / 5;
      this.said.classList.toggle("few", left < most / 25);
      const onward = this.closest("form")?.querySelector("[data-goes-on]");
      if (onward) onward.hidden = left >= 0;
      const words = left < 0 ? this.dataset.over : this.dataset.left;
      if (!this.said.hidden) this.said.textContent = words.replace("{n}", String(Math.abs(left)));
    }
  }

  customElements.define("dugnad-count", Count);
})();
