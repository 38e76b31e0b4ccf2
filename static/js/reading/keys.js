/* The keys of a page that is only read: what carries [data-key] is what that key does. */
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing) return;
    const named = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)];
    const found = named.find((each) => each.matches("input")) ?? named[0];
    if (!found) return;
    event.preventDefault();
    if (found.matches("input")) found.focus();
    else found.click();
  });
})();
