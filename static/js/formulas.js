/* Formulas: TeX becomes MathML where it stands, which browsers draw by themselves. What reads TeX is loaded when there is some; without it,
   and for what it cannot read, the TeX stands there. A copy says itself where that is. */
(() => {
  "use strict";
  let loading = null;
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
    for (const each of found) {
      if (each.dataset.drawn) continue;
      const displayMode = each.matches("pre");
      try {
        const made = window.katex.renderToString(each.textContent, { displayMode, output: "mathml", throwOnError: true, trust: false, strict: false, maxSize: 50, maxExpand: 500, errorColor: "currentcolor" });
        const math = new DOMParser().parseFromString(made, "text/html").querySelector("math");
        each.dataset.drawn = "true";
        each.replaceChildren(document.importNode(math, true));
      } catch (wrong) {
        each.dataset.drawn = "false";
        each.title = String(wrong.message ?? wrong);
      }
    }
  };
  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("htmx:after:swap", draw);
})();
