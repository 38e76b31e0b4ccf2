/* <dugnad-tree>: branches fold, and the browser remembers which. <dugnad-arrange>: pages are dragged, or go a step by Alt and an arrow; what
   is asked of the server is what the form's own buttons ask. */
(() => {
  "use strict";

  class Tree extends HTMLElement {
    connectedCallback() {
      if (this.querySelector(".fold")) return;
      const folded = this.folded();
      for (const under of this.querySelectorAll("li > ul")) this.addFold(under.parentElement, under, folded);
      // Whoever is on a page sees where it stands.
      for (let here = this.querySelector("[aria-current]"); here; here = here.parentElement.closest("li")) {
        here.querySelector(":scope > .fold[aria-expanded=false]")?.click();
      }
    }

    addFold(branch, under, folded) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "fold";
      button.setAttribute("aria-label", this.dataset.fold.replace("{title}", branch.querySelector("a").textContent));
      const show = (open) => {
        button.setAttribute("aria-expanded", String(open));
        under.hidden = !open;
      };
      show(!folded.has(branch.dataset.page));
      button.addEventListener("click", () => {
        const open = under.hidden;
        show(open);
        this.remember(branch.dataset.page, open);
      });
      branch.prepend(button);
    }

    get key() { return `dugnad-folded ${this.dataset.of}`; }

    folded() {
      try { return new Set(JSON.parse(localStorage.getItem(this.key)) ?? []); } catch { return new Set(); /* The store is shut. */ }
    }

    remember(page, open) {
      const folded = this.folded();
      if (open) folded.delete(page);
      else folded.add(page);
      try { localStorage.setItem(this.key, JSON.stringify([...folded])); } catch { /* The store is shut. */ }
    }
  }

  const STEPS = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };

  class Arrange extends HTMLElement {
    connectedCallback() {
      if (this.ready) return;
      this.ready = true;
      this.addEventListener("keydown", (event) => this.step(event));
      this.addEventListener("dragstart", (event) => this.take(event));
      this.addEventListener("dragover", (event) => this.over(event));
      this.addEventListener("dragleave", () => this.mark(null));
      this.addEventListener("dragend", () => this.mark(null));
      this.addEventListener("drop", (event) => this.put(event));
    }

    get form() { return this.closest("form"); }

    step(event) {
      const step = event.altKey && STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      event.target.checked = true;
      this.form.querySelector(`button[value=${step}]`).click();
    }

    take(event) {
      this.taken = event.target.closest("li");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", this.taken.dataset.page);
      event.stopPropagation();
    }

    /** Over its upper part a page is put before another one, over its lowest part after it; between these, under it. */
    over(event) {
      const onto = event.target.closest("li");
      if (!this.taken || !onto || this.taken.contains(onto)) return;
      event.preventDefault();
      const { top, height } = onto.querySelector("label").getBoundingClientRect();
      const part = (event.clientY - top) / height;
      this.mark(onto, part < 0.35 ? "before" : part > 0.75 ? "after" : "under");
    }

    mark(onto, how) {
      this.querySelector("[data-drop]")?.removeAttribute("data-drop");
      onto?.setAttribute("data-drop", how);
    }

    put(event) {
      const onto = this.querySelector("[data-drop]");
      if (!this.taken || !onto) return;
      event.preventDefault();
      const { drop, page } = onto.dataset;
      const above = drop === "under" ? page : onto.parentElement.closest("li")?.dataset.page;
      const below = onto.nextElementSibling === this.taken ? this.taken.nextElementSibling : onto.nextElementSibling;
      this.taken.querySelector("input").checked = true;
      this.form.elements.parent.value = above ?? "";
      this.form.elements.before.value = { before: page, after: below?.dataset.page }[drop] ?? "";
      this.mark(null);
      this.taken = null;
      this.form.requestSubmit();
    }
  }

  customElements.define("dugnad-tree", Tree);
  customElements.define("dugnad-arrange", Arrange);
})();
