/* <dugnad-upload>: files that are dropped, pasted or chosen are sent, and linked where the cursor stands. */
(() => {
  "use strict";

  class Upload extends HTMLElement {
    connectedCallback() {
      this.area = this.querySelector("textarea");
      if (!this.area || this.said) return;
      this.tools();
      this.area.addEventListener("paste", (event) => this.given(event, event.clipboardData));
      this.area.addEventListener("drop", (event) => this.given(event, event.dataTransfer));
      for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
        this.area.addEventListener(name, (event) => {
          if (!event.dataTransfer?.types.includes("Files")) return;
          if (over) event.preventDefault();
          this.classList.toggle("over", over);
        });
      }
    }

    /** The button that chooses a file, among those that format, and where it is said how it goes. */
    tools() {
      const input = document.createElement("input");
      const button = document.createElement("button");
      this.said = document.createElement("span");
      this.said.className = "said-of-files";
      this.said.setAttribute("role", "status");
      Object.assign(input, { type: "file", multiple: true, hidden: true });
      Object.assign(button, { type: "button", className: "format file", textContent: this.dataset.choose });
      button.addEventListener("click", () => input.click());
      input.addEventListener("change", async () => {
        await this.send(input.files);
        input.value = "";
      });
      this.querySelector(".tools").append(button, input);
      this.append(this.said);
    }

    given(event, data) {
      if (!data?.files.length) return;
      event.preventDefault();
      this.send(data.files);
    }

    async send(files) {
      for (const file of [...files]) {
        this.said.textContent = this.dataset.sending;
        try {
          const words = this.insert(await this.sent(file));
          this.said.textContent = words ? this.dataset.describe : this.dataset.done;
        } catch (wrong) {
          this.said.textContent = wrong.told || this.dataset.failed;
        }
      }
    }

    async sent(file) {
      const form = new FormData();
      const csrf = this.closest("form")?.elements.namedItem("csrf");
      if (csrf) form.append("csrf", csrf.value);
      form.append("file", file, file.name || "image.png");
      const answer = await fetch(this.dataset.url, { method: "POST", body: form, headers: { accept: "application/json" } });
      if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { told: await this.why(answer) });
      return (await answer.json()).markdown;
    }

    /** The reason that the server gives, if it gives one. */
    async why(answer) {
      try {
        return (await answer.json()).detail || "";
      } catch {
        return "";
      }
    }

    /** The name of a picture stands where it is to be said what that shows: it is chosen, so that typing takes its place. Whether it is so. */
    insert(markdown) {
      // Another one goes behind the one whose words are still chosen, and not into them.
      const { selectionStart, selectionEnd } = this.area;
      if (this.chosen?.[0] === selectionStart && this.chosen[1] === selectionEnd) this.area.setSelectionRange(this.chosen[2], this.chosen[2]);
      this.chosen = null;
      const apart = /\S$/.test(this.area.value.slice(0, this.area.selectionStart)) ? "\n" : "";
      const start = this.area.selectionStart + apart.length;
      this.area.setRangeText(apart + markdown, this.area.selectionStart, this.area.selectionEnd, "end");
      const words = markdown.startsWith("![") ? markdown.indexOf("](") : -1;
      if (words > 0) {
        this.chosen = [start + 2, start + words, start + markdown.length];
        this.area.setSelectionRange(start + 2, start + words);
      }
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
      this.area.focus();
      return words > 0;
    }
  }

  customElements.define("dugnad-upload", Upload);
})();
