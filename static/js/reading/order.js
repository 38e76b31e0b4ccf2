/* In a page that is only read: what was said stands by time, or each answer under what it answers, as the reader likes it; also by its address
   (`?order=time`). An id sorts by the time it was made at. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const KEPT = "dugnad-order";
  const choice = document.querySelector("[data-orders]");
  const list = document.querySelector(".talk .threads");
  if (!choice || !list) return;
  const stood = [...list.children];
  const at = (item) => Number(item.querySelector(".reply").id.slice("entry-".length));
  const kept = () => {
    try {
      return localStorage.getItem(KEPT);
    } catch {
      return null; // some browsers keep nothing for a folder
    }
  };
  const places = [...list.querySelectorAll(".under > li")].map((item) => [item, item.parentElement]);
  for (const [item, under] of places) {
    if (item.querySelector('.by > a[href^="#entry-"]:not(.when)')) continue;
    const first = under.parentElement.querySelector(".reply");
    const to = document.createElement("a");
    to.href = `#${first.id}`;
    to.textContent = choice.dataset.to.replace("{name}", first.querySelector(".face").textContent.trim());
    to.dataset.byTime = "";
    item.querySelector(".by .when").before(to, " ");
  }
  const show = (order) => {
    const byTime = order === "time";
    for (const [item, under] of byTime ? [] : places) under.append(item);
    list.append(...(byTime ? [...stood, ...places.map(([item]) => item)].sort((one, other) => at(one) - at(other)) : stood));
    for (const [item] of places) item.querySelector("[data-by-time]")?.toggleAttribute("hidden", !byTime);
    for (const under of list.querySelectorAll(".under")) under.hidden = byTime;
    for (const each of choice.querySelectorAll("button")) {
      each.classList.toggle("on", (each.value === "time") === byTime);
      each.setAttribute("aria-pressed", String((each.value === "time") === byTime));
    }
  };
  choice.hidden = false;
  choice.addEventListener("click", ({ target }) => {
    const chosen = target.closest("button");
    if (!chosen) return;
    try {
      localStorage.setItem(KEPT, chosen.value);
    } catch {
      // then it is for this page alone
    }
    show(chosen.value);
  });
  show(new URLSearchParams(location.search).get("order") ?? kept());
});
