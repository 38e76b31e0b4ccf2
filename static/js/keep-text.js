/* Keeps what is typed in forms with `data-keep` until it is sent, in this tab only; signing out forgets it all. */
(() => {
  "use strict";
  const PREFIX = "dugnad-kept:";
  const SENT = "dugnad-sent";

  const fields = (form) => [...form.elements].filter((each) =>
    each.name && each.matches("textarea, input[type=text], input[type=url]"));

  const keep = (form) => {
    const typed = fields(form).filter((each) => each.value !== each.defaultValue).map((each) => [each.name, each.value]);
    try {
      if (typed.length) sessionStorage.setItem(PREFIX + form.dataset.keep, JSON.stringify(typed));
      else sessionStorage.removeItem(PREFIX + form.dataset.keep);
    } catch { /* The store is full or shut: the form still works. */ }
  };

  /** Puts back what was kept, where the server has not filled the field itself. */
  const restore = (form) => {
    const kept = JSON.parse(sessionStorage.getItem(PREFIX + form.dataset.keep) || "[]");
    for (const [name, value] of kept) {
      const field = fields(form).find((each) => each.name === name);
      if (!field || field.value !== field.defaultValue || form.querySelector("[role=alert]")) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  /** What was sent is forgotten once another page answers; going back to a form that failed finds it again. */
  const forgetSent = () => {
    const sent = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    if (sent && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") sessionStorage.removeItem(PREFIX + sent);
  };

  const forgetAll = () => {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX) || key === SENT) sessionStorage.removeItem(key);
  };

  try {
    forgetSent();
    document.querySelectorAll("form[data-keep]").forEach(restore);
  } catch { return; }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-keep]")) keep(form);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forget]")) forgetAll();
    else if (event.target.matches("[data-keep]") && !event.submitter?.hasAttribute("formaction")) sessionStorage.setItem(SENT, event.target.dataset.keep);
  });
})();
