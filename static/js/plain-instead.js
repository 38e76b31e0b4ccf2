/* When a part of a page could not be had, the plain form or link does it, and its page says what is wrong. */
(() => {
  "use strict";
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const source = ctx?.sourceElement;
    if (!source || !(ctx.response?.status >= 400)) return;
    if (source.matches("form")) {
      event.preventDefault();
      source.submit();
    } else if (source.matches("a[href]")) {
      event.preventDefault();
      location.assign(source.href);
    }
  });
})();
