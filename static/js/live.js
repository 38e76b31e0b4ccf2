/* <dugnad-live>: says quietly that there is more to see than this page shows. Asks nothing while the tab is hidden. */
(() => {
  "use strict";

  class Live extends HTMLElement {
    connectedCallback() {
      this.link = this.querySelector("a");
      this.watch = () => (document.hidden ? this.stop() : this.start());
      document.addEventListener("visibilitychange", this.watch);
      this.leave = () => this.stop();
      addEventListener("pagehide", this.leave);
      addEventListener("pageshow", this.watch);
      this.watch();
    }

    disconnectedCallback() {
      document.removeEventListener("visibilitychange", this.watch);
      removeEventListener("pageshow", this.watch);
      removeEventListener("pagehide", this.leave);
      this.stop();
    }

    start() {
      if (this.source) return;
      this.source = new EventSource(this.dataset.url);
      this.source.addEventListener("message", (event) => this.say(JSON.parse(event.data)));
      this.source.addEventListener("error", () => { if (this.source?.readyState === EventSource.CLOSED) this.stop(); });
    }

    stop() {
      this.source?.close();
      this.source = null;
    }

    /** The words are the page's own; the numbers are put into them. */
    say({ news = 0, replies = 0, edited = false, editing = [] }) {
      const { one, many, changed, others } = this.dataset;
      const n = news || replies;
      const words = n ? (n === 1 ? one : many).replace("{n}", String(n)) : edited ? changed : editing.length ? others.replace("{names}", editing.join(", ")) : "";
      this.classList.toggle("quiet", !n && !edited);
      if (this.link.textContent === words) return; // said already, before the browser asked anew
      this.link.textContent = words;
      this.hidden = !words;
    }
  }

  customElements.define("dugnad-live", Live);
})();
