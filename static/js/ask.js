/* Whoever is asked is mentioned at the end of the text, and not any more when the button is pressed again. */
(() => {
  "use strict";
  const area = (button) => button.closest("form")?.querySelector("textarea[name=body]");
  const mention = (handle) => new RegExp(`(^|\\s)@${handle.replace(/[.]/g, "\\.")}(?![\\w.@-])`, "i");
  const said = (button) => mention(button.dataset.ask).test(area(button)?.value ?? "");
  const look = () => document.querySelectorAll("[data-ask]").forEach((button) => button.setAttribute("aria-pressed", String(said(button))));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-ask]");
    const text = button && area(button);
    if (!text) return;
    const { value } = text;
    if (said(button)) text.value = value.replace(mention(button.dataset.ask), "").trimEnd();
    else text.value = value.trim() ? `${value.trimEnd()}${/(^|\n\n|\s)@[\w.-]+$/.test(value.trimEnd()) ? " " : "\n\n"}@${button.dataset.ask}` : `@${button.dataset.ask}`;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("input", look);
  document.addEventListener("htmx:after:swap", look);
})();
