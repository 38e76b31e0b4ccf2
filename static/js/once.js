/* A form that is on its way is not sent again by an impatient finger. */
(() => {
  "use strict";
  const WAIT = 5000;
  const sent = new WeakSet();

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.method !== "post" || [form, submitter].some((each) => each?.hasAttribute("hx-post"))) return;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    setTimeout(() => sent.delete(form), WAIT);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form").forEach((form) => sent.delete(form)); });
})();
