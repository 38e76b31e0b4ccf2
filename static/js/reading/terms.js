/* What a term means is shown by the style sheet; Escape puts it away, until one comes to a term again. */
(() => {
  "use strict";
  const root = document.documentElement;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !document.querySelector(".term:is(:hover, :focus-within)")) return;
    document.activeElement.closest(".says")?.previousElementSibling.focus();
    root.dataset.hushed = "";
  });
  for (const name of ["focusin", "pointerover"]) {
    document.addEventListener(name, (event) => {
      if (event.target.closest?.(".term")) delete root.dataset.hushed;
    });
  }
})();
