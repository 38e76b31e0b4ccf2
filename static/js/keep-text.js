/* Keeps what is typed in forms with `data-keep` until it is sent: in this browser, for whoever is signed in, for a week.
   A closed tab or an ended session loses nothing; signing out forgets it all. */
(() => {
  "use strict";
  const PREFIX = "dugnad-kept:";
  const SENT = "dugnad-sent";
  const WEEK = 7 * 24 * 3600 * 1000;
  const TYPED = "textarea, input[type=text], input[type=url]";
  // What words are brought along with: where they are meant for, their language, and the draft they are.
  const ALONG = "select, input[name=draft]";

  const keyOf = (form) => `${PREFIX}${document.body.dataset.viewer}:${form.dataset.keep}`;

  const fields = (form) => [...form.elements].filter((each) => each.name && each.matches(`${TYPED}, ${ALONG}`));

  /** What the server put into a field. The default of a hidden one changes with its value, so that one began empty. */
  const begun = (field) => {
    if (field.matches("select")) return ([...field.options].find((each) => each.defaultSelected) ?? field.options[0])?.value;
    return field.type === "hidden" ? "" : field.defaultValue;
  };

  /** What the server filled in is typed too, where it says that this is saved nowhere. */
  const isTyped = (form, field) => field.matches(TYPED) && field.value !== (form.matches("[data-unsaved]") ? "" : begun(field));

  const keep = (form) => {
    const typed = fields(form).filter((each) => isTyped(form, each));
    const along = fields(form).filter((each) => each.matches(ALONG));
    try {
      if (!typed.length) return localStorage.removeItem(keyOf(form));
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), typed: [...typed, ...along].map((each) => [each.name, each.value]) }));
    } catch { /* The store is full or shut: the form still works. */ }
  };

  const put = (field, value) => {
    field.value = value;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  };

  /** Puts back what was kept, where the server has not filled the form itself. */
  const restore = (form) => {
    if (form.matches("[data-unsaved]")) return keep(form);
    const { typed = [] } = JSON.parse(localStorage.getItem(keyOf(form)) || "{}");
    const back = typed.map(([name, value]) => ({ value, field: fields(form).find((each) => each.name === name) }))
      .filter(({ field, value }) => field && field.value === begun(field) && field.value !== value);
    back.forEach(({ field, value }) => put(field, value));
    if (back.some(({ field }) => field.matches(TYPED))) say(form, back);
  };

  /** Says that words are back, and puts them away and takes them out again for whoever began anew. */
  const say = (form, back) => {
    const said = document.getElementById("kept-text")?.content.cloneNode(true).firstElementChild;
    if (!said) return;
    const [words, button] = [said.querySelector("span"), said.querySelector("button")];
    const draft = form.elements.namedItem("draft");
    const was = draft?.value;
    let away = false;
    button.addEventListener("click", () => {
      away = !away;
      words.textContent = away ? said.dataset.away : said.dataset.back;
      button.textContent = away ? button.dataset.away : button.dataset.back;
      if (draft) draft.value = away ? "" : was;
      if (was) form.dispatchEvent(new CustomEvent("dugnad:put-away", { bubbles: true, detail: { draft: was, away } }));
      back.filter(({ field }) => field !== draft).forEach(({ field, value }) => put(field, away ? begun(field) : value));
      if (away) form.querySelector(TYPED)?.focus();
    });
    // Whoever writes on has chosen.
    form.addEventListener("input", (event) => { if (event.isTrusted) said.remove(); });
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

  /** A page that the browser has kept is shown again only to whom it was made for: signing out empties the store. */
  const VIEWER = "dugnad-viewer";
  const viewer = document.body.dataset.viewer;
  const isStillThem = () => { try { return localStorage.getItem(VIEWER) === viewer; } catch { return true; } };
  try { if (viewer) localStorage.setItem(VIEWER, viewer); } catch { /* The store is shut. */ }
  addEventListener("pageshow", (event) => { if (event.persisted && viewer && !isStillThem()) location.reload(); });

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

  /** A form that htmx sent is done with when its answer is in the page, unless that says that it failed; and an answer may
      bring forms. Words in another kind's form are kept under its name, and no longer under the one before. */
  document.addEventListener("htmx:after:swap", (event) => {
    const { glider, glide, response } = event.detail.ctx ?? {};
    const sent = glide === "turn" ? glider.form : glider;
    try {
      if (sent?.matches("form[data-keep]") && response.status < 400) localStorage.removeItem(keyOf(sent));
      restoreNew();
    } catch { /* The store is shut. */ }
  });

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-keep]")) keep(form);
  });
  document.addEventListener("dugnad:kept", (event) => keep(event.target));
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    try {
      if (form.matches("[data-forget]")) {
        localStorage.removeItem(VIEWER);
        return forget(() => true);
      }
      if (!form.matches("[data-keep]")) return;
      keep(form); // signing out elsewhere has forgotten it
      if (![submitter, form].some((each) => each?.hasAttribute("hx-post"))) sessionStorage.setItem(SENT, keyOf(form));
    } catch { /* The store is shut. */ }
  });
})();
