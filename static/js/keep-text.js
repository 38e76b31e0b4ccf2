/* Keeps what is typed in forms with `data-keep` until it is sent: in this browser, for whoever is signed in, for a week.
   A closed tab or an ended session loses nothing; signing out forgets it all. */
(() => {
  "use strict";
  const PREFIX = "dugnad-kept:";
  const SENT = "dugnad-sent";
  const WEEK = 7 * 24 * 3600 * 1000;

  const keyOf = (form) => `${PREFIX}${document.body.dataset.viewer}:${form.dataset.keep}`;

  const fields = (form) => [...form.elements].filter((each) =>
    each.name && each.matches("textarea, input[type=text], input[type=url], input[name=draft]"));

  /** What the server filled in is typed too, where it says that this is saved nowhere. */
  const isTyped = (form, field) => field.value !== (form.matches("[data-unsaved]") ? "" : field.defaultValue);

  const keep = (form) => {
    const typed = fields(form).filter((each) => isTyped(form, each)).map((each) => [each.name, each.value]);
    try {
      if (typed.length) localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), typed }));
      else localStorage.removeItem(keyOf(form));
    } catch { /* The store is full or shut: the form still works. */ }
  };

  /** Puts back what was kept, where the server has not filled the form itself. */
  const restore = (form) => {
    if (form.matches("[data-unsaved]")) return keep(form);
    const { typed = [] } = JSON.parse(localStorage.getItem(keyOf(form)) || "{}");
    const back = typed.map(([name, value]) => ({ value, field: fields(form).find((each) => each.name === name) }))
      .filter(({ field }) => field && field.value === field.defaultValue);
    const put = (field, value) => {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    back.forEach(({ field, value }) => put(field, value));
    if (back.length) say(form, () => back.forEach(({ field }) => put(field, field.defaultValue)));
  };

  /** Says that words are back, and takes them away again for whoever began anew. */
  const say = (form, undo) => {
    const said = document.getElementById("kept-text")?.content.cloneNode(true).firstElementChild;
    if (!said) return;
    said.querySelector("button").addEventListener("click", () => {
      undo();
      said.remove();
      form.querySelector("textarea")?.focus();
    });
    form.prepend(said);
  };

  /** What was sent is forgotten once another page answers, unless that page says that it failed. */
  const forgetSent = () => {
    const sent = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (sent && !back && !document.querySelector("[data-not-done]")) localStorage.removeItem(sent);
  };

  const forget = (isOver) => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && isOver(key)) localStorage.removeItem(key);
  };

  /** Who signs in again comes back to where they wrote. */
  const comeBack = () => {
    const next = document.querySelector("input[data-come-back]");
    const from = next && document.referrer && new URL(document.referrer);
    if (from && from.origin === location.origin && from.pathname !== location.pathname) next.value = from.pathname + from.search;
  };

  const known = new WeakSet();
  const restoreNew = () => document.querySelectorAll("form[data-keep]").forEach((form) => {
    if (known.has(form)) return;
    known.add(form);
    restore(form);
  });

  try {
    forgetSent();
    forget((key) => !(Date.now() - JSON.parse(localStorage.getItem(key)).at < WEEK));
    restoreNew();
  } catch { /* The store is shut, or holds what we did not write. */ }
  comeBack();

  /** A form that htmx sent is done with when its answer is in the page; and an answer may bring forms. */
  document.addEventListener("htmx:after:swap", (event) => {
    const form = event.detail.ctx?.glider;
    try {
      if (form?.matches("[data-keep]")) localStorage.removeItem(keyOf(form));
      restoreNew();
    } catch { /* The store is shut. */ }
  });

  /** In another kind's form, the words are kept under its name and no longer under the one before. */
  document.addEventListener("click", (event) => {
    const form = event.target.closest("[data-onward]")?.form;
    if (form) document.addEventListener("htmx:after:swap", () => moved(keyOf(form)), { once: true });
  });
  const moved = (before) => {
    try {
      localStorage.removeItem(before);
    } catch { /* The store is shut. */ }
    document.querySelector("form.write :is(input:not([type=hidden]), textarea)")?.focus();
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-keep]")) keep(form);
  });
  document.addEventListener("dugnad:kept", (event) => keep(event.target));
  document.addEventListener("submit", (event) => {
    try {
      if (event.target.matches("[data-forget]")) forget(() => true);
      else if (event.target.matches("[data-keep]") && ![event.submitter, event.target].some((each) => each?.hasAttribute("hx-post"))) sessionStorage.setItem(SENT, keyOf(event.target));
    } catch { /* The store is shut. */ }
  });
})();
