/* In what one reads: tasks are ticked where they stand, code is copied, and the list of headings marks where one is. */
(() => {
  "use strict";

  /* <dugnad-ticks>: one tick after the other, each from the text that the one before made. */
  class Ticks extends HTMLElement {
    connectedCallback() {
      const text = document.getElementById(this.dataset.of);
      this.boxes = [...(text?.querySelectorAll(".task input[type=checkbox]") ?? [])].filter((box) => !box.closest(".embed"));
      this.last = Promise.resolve();
      for (const [number, box] of this.boxes.entries()) {
        box.disabled = false;
        box.addEventListener("change", () => { const done = box.checked;
          this.last = this.last.then(() => this.send(number, box, done));
        });
      }
    }

    async send(number, box, done) {
      const form = this.querySelector("form");
      form.elements.number.value = number;
      form.elements.done.value = String(done);
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { accept: "application/json" } });
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        form.elements.revision.value = (await answer.json()).revision;
      } catch {
        box.checked = !done;
        document.querySelector("dugnad-toasts")?.say(this.dataset.failed);
      }
    }
  }
  customElements.define("dugnad-ticks", Ticks);

  const copies = (within) => {
    const words = document.body.dataset.copy;
    if (!words || !navigator.clipboard) return;
    for (const code of within.querySelectorAll(".prose pre:not(.plain, .math)")) {
      if (code.parentElement.matches(".coded")) continue;
      const around = document.createElement("div");
      const button = Object.assign(document.createElement("button"), { type: "button", className: "copy", textContent: words });
      around.className = "coded";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(code.textContent.replace(/\n$/, ""));
        button.textContent = document.body.dataset.copied;
        setTimeout(() => { button.textContent = words; }, 2000);
      });
      code.replaceWith(around);
      around.append(code, button);
    }
  };

  /** The way to change a section stands at its heading too, for whoever points at it; those who do not have it in the list of headings. */
  const sections = () => {
    for (const link of document.querySelectorAll(".outline .section[data-heading]")) {
      const heading = document.getElementById(link.dataset.heading);
      if (!heading || heading.querySelector(".section")) continue;
      const made = link.cloneNode(true);
      made.querySelector(".hidden").remove();
      made.setAttribute("aria-hidden", "true");
      made.tabIndex = -1;
      heading.append(made);
    }
  };

  /** The last heading that has come to the top of the window is where one is. */
  let waiting = false;
  const mark = () => {
    waiting = false;
    const links = [...document.querySelectorAll(".beside .outline a[href^='#']")];
    const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    const here = headings.findLastIndex((heading) => heading?.getBoundingClientRect().top < innerHeight / 4);
    for (const [at, link] of links.entries()) {
      if (at === here) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  }, { passive: true });

  const arrive = () => {
    copies(document);
    sections();
    mark();
  };
  document.addEventListener("DOMContentLoaded", arrive);
  document.addEventListener("htmx:after:swap", arrive);
})();
