/* When a part of a page could not be had, the page that says what is wrong is shown in its stead. */
(() => {
  "use strict";
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    const frame = document.querySelector(".frame");
    // Whoever selects a part was given a whole page to select it from.
    if (ctx.select && frame) Object.assign(ctx, { target: frame, select: ".frame", swap: "outerHTML" });
  });
})();
