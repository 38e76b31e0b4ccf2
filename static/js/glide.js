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
    const link = left && document.querySelector(`main a[href="${CSS.escape(left)}"]`);
    link?.focus({ preventScroll: true });
    return Boolean(link);
  };

  const replies = () => new Set([...document.querySelectorAll(".reply[id]")].map((each) => each.id));
  let before = new Set();
  document.addEventListener("htmx:before:swap", () => { before = replies(); });

  /** To what was written just now; else to what can be done next with what was changed. */
  const arrive = (source) => {
    const written = [...replies()].filter((id) => !before.has(id));
    const id = source.dataset.entry;
    if (written.length === 1 && source.matches("form.answer")) location.replace(`#${written[0]}`);
    else if (id) document.querySelector(`[data-edit="${id}"]`)?.focus();
  };

  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx?.request?.headers?.["HX-History-Restore-Request"]) comeBack();
    else if (ctx?.glide === "page") {
      scrollTo(0, 0);
      document.querySelector("main")?.focus({ preventScroll: true });
    } else if (ctx?.glide === "act") arrive(ctx.glider);
    else if (ctx?.glide === "edit") document.querySelector("form.write[data-entry] :is(textarea, input:not([type=hidden]))")?.focus();
  });
  // The link or form is gone after the swap; what it was for is noted before.
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    ctx.glider = ctx.sourceElement?.closest?.("[data-glide]");
    ctx.glide = ctx.glider?.dataset.glide;
  });

  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") comeBack();
  addEventListener("pageshow", (event) => { if (event.persisted) comeBack(); });
})();
