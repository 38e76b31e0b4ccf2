/* A copy does not know when it is read: that somebody should have gone through a page by now is shown when that day has come. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const today = new Date().toISOString().slice(0, 10);
  for (const each of document.querySelectorAll("[data-due]")) each.hidden = each.dataset.due > today;
});
