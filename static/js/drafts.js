/* Forms with `data-drafts` are kept on the server while somebody writes: so that what is begun here is found anywhere. */
(() => {
  "use strict";
  const WAIT = 2500;
  const timers = new WeakMap();
  const busy = new WeakSet();

  const keep = async (form) => {
    if (!form.isConnected || busy.has(form)) return;
    busy.add(form);
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
    data.set("kind", form.dataset.of);
    try {
      const answer = await fetch(form.dataset.drafts, { method: "POST", body: new URLSearchParams(data), headers: { accept: "application/json" } });
      if (answer.ok) {
        form.elements.namedItem("draft").value = (await answer.json()).draft ?? "";
        form.dispatchEvent(new CustomEvent("dugnad:kept", { bubbles: true }));
      }
    } catch { /* The network is gone: this browser keeps the words too. */ }
    busy.delete(form);
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-drafts]")) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), WAIT));
  });
  document.addEventListener("dugnad:put-away", ({ target: form, detail }) => {
    const data = new URLSearchParams({ csrf: form.elements.namedItem("csrf").value, back: detail.away ? "" : "true" });
    fetch(`${form.dataset.drafts}${detail.draft}/drop`, { method: "POST", body: data, keepalive: true }).catch(() => {});
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-drafts]")) clearTimeout(timers.get(event.target));
  });
})();
