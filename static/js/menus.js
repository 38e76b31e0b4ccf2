/* A menu that is open closes when one goes elsewhere, or by Escape. The main one of a phone is open while the address says so. */
(() => {
  "use strict";
  const menus = () => document.querySelectorAll("details.more[open]");

  /** How far down the page one was when the main menu was opened from it. */
  let from = null;
  const leave = () => (from === null ? location.replace("#main") : history.back());
  addEventListener("hashchange", () => {
    if (from !== null) scrollTo({ top: from, behavior: "instant" });
    if (location.hash !== "#menu") from = null;
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("a[href='#menu']")) from = scrollY;
    if (event.target.closest(".leave-menu")) {
      event.preventDefault();
      leave();
    }
    menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (location.hash === "#menu") leave();
    menus().forEach((menu) => {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    });
  });
})();
