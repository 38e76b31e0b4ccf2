/* Formulas: TeX becomes MathML where it stands, which browsers draw by themselves. What reads TeX is loaded when there is some; without it,
   and for what it cannot read, the TeX stands there. A copy says itself where that is. */
(() => {
  "use strict";
  let loading = null;
  // What a formula defines can be used so often that nobody's browser has room for it, and a page can have very many formulas.
  const DEFINES = /\\(?:[egx]?def|(?:future)?let|(?:re)?newcommand|providecommand)(?![a-zA-Z])/;
  const LONGEST = 3000; // milliseconds, for all that is drawn at once; the rest stays as it is written
  const load = () => {
    loading ??= new Promise((resolve, reject) => {
      const address = document.body.dataset.formulas;
      if (window.katex) resolve();
      else if (!address) reject(new Error("There is nothing to read TeX with."));
      else document.head.append(Object.assign(document.createElement("script"), { src: address, onload: resolve, onerror: reject }));
    });
    return loading;
  };

  const draw = async () => {
    const found = [...document.querySelectorAll(".prose .math:not([data-drawn])")];
    if (!found.length) return;
    try { await load(); } catch { return; }
    let taken = 0;
    for (const each of found) {
      if (each.dataset.drawn) continue;
      if (taken > LONGEST || DEFINES.test(each.textContent)) { each.dataset.drawn = "false"; continue; }
      const begun = performance.now();
      const displayMode = each.matches("pre");
      try {
        const made = window.katex.renderToString(each.textContent, { displayMode, output: "mathml", throwOnError: true, trust: false, strict: false, maxSize: 50, maxExpand: 500, errorColor: "currentcolor" });
        // A frame in a colour of its own comes as a style, which no page here has.
        const math = new DOMParser().parseFromString(made.replace(/ style="[^"]*"/g, ""), "text/html").querySelector("math");
        each.dataset.drawn = "true";
        each.replaceChildren(document.importNode(math, true));
      } catch (wrong) {
        each.dataset.drawn = "false";
        each.title = String(wrong.message ?? wrong);
      }
      taken += performance.now() - begun;
    }
  };
  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("htmx:after:swap", draw);
})();
