/* A menu that is open closes when one goes elsewhere, or by Escape; and what was fetched to write in gets the cursor. */
(() => {
  "use strict";
  const menus = () => document.querySelectorAll("details.more[open]");

  document.addEventListener("click", (event) => {
    menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target ?? event.target;
    const place = typeof target === "string" ? document.querySelector(target) : target;
    place?.querySelector?.("form.answer textarea")?.focus();
  });
})();
