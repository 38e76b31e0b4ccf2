/* After a part of the page has changed: the focus goes to what is new, and going back leads to the link one left by. */
(() => {
  "use strict";
  const LEFT = "dugnad-left:";
  const here = () => LEFT + location.pathname + location.search;

  /** Which link of this page was followed last. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("main a[href]");
    if (!link) return;
    try { sessionStorage.setItem(here(), link.getAttribute("href")); } catch { /* The store is shut. */ }
  }, true);

  const comeBack = () => {
    let left = null;
    try { left = sessionStorage.getItem(here()); } catch { /* The store is shut. */ }
    if (left) document.querySelector(`main a[href="${CSS.escape(left)}"]`)?.focus({ preventScroll: true });
  };

  const toMain = () => document.querySelector("main")?.focus({ preventScroll: true });
  const replies = () => new Set([...document.querySelectorAll(".reply[id]")].map((each) => each.id));
  let before = new Set();
  document.addEventListener("htmx:before:swap", () => { before = replies(); });

  /** To what can be done next with what was changed, to what is there now and was not; else to the page. */
  const arrive = (source) => {
    const written = [...replies()].filter((id) => !before.has(id));
    const edited = source.dataset.entry && document.querySelector(`[data-edit="${source.dataset.entry}"]`);
    if (edited) edited.focus();
    else if (written.length === 1) location.replace(`#${written[0]}`);
    else toMain();
  };

  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx?.request?.headers?.["HX-History-Restore-Request"]) comeBack();
    else if (ctx?.glider && ctx.response?.status >= 400) {
      scrollTo(0, 0);
      (document.querySelector("main [aria-invalid]") ?? document.querySelector("main"))?.focus();
    } else if (ctx?.glide === "page") {
      scrollTo(0, 0);
      toMain();
    } else if (ctx?.glide === "act") arrive(ctx.glider);
    else if (ctx?.glide === "turn") document.querySelector("form.write :is(input:not([type=hidden]), textarea)")?.focus();
    else if (ctx?.glide === "write") ctx.place?.querySelector(":is(textarea, input:not([type=hidden]))")?.focus();
  });
  // The link or form is gone after the swap; what it was for is noted before. A button in a form, as the one that shows how
  // the text will look, is not the form.
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (!ctx.sourceElement?.matches?.("[data-glide]")) return;
    ctx.glider = ctx.sourceElement;
    ctx.glide = ctx.glider.dataset.glide;
    ctx.place = ctx.glider.closest("article");
  });

  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") comeBack();
  addEventListener("pageshow", (event) => { if (event.persisted) comeBack(); });
})();
