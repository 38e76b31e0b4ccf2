/* Light or dark, as chosen in the foot of a page that is only read. This runs before anything is shown; what has to wait for the page
   does. */
(() => {
  "use strict";
  const KEPT = "dugnad-theme";
  const root = document.documentElement;
  const kept = () => {
    try {
      return localStorage.getItem(KEPT) ?? "";
    } catch {
      return ""; // some browsers keep nothing for a folder
    }
  };
  const show = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    document.querySelector("meta[name=color-scheme]")?.setAttribute("content", theme || "light dark");
    for (const each of document.querySelectorAll("[data-themes] button")) {
      if (each.value === theme) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  };
  show(kept());
  document.addEventListener("DOMContentLoaded", () => {
    const choices = document.querySelector("[data-themes]");
    if (!choices) return;
    choices.hidden = false;
    choices.addEventListener("click", ({ target }) => {
      const chosen = target.closest("button");
      if (!chosen) return;
      try {
        localStorage.setItem(KEPT, chosen.value);
      } catch {
        // then it is for this page alone
      }
      show(chosen.value);
    });
    show(kept());
  });
})();
