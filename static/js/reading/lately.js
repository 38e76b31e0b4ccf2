/* What is new since the reader last read. The browser remembers which snapshot it saw last (its `as_of`) and which before that; what
   was written or changed after the one before is marked, until a newer one is opened. export/changes.py tells what was when; the
   words are in [data-lately], and [data-since] is for saying how much it is, and where it is told of what is gone. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const told = window.dugnadLately;
  const words = document.querySelector("[data-lately]");
  if (!told || !words) return;
  const said = JSON.parse(words.dataset.lately);
  const KEPT = `dugnad-read ${told.key}`;

  const remembered = () => {
    try {
      const { seen, before } = JSON.parse(localStorage.getItem(KEPT));
      return Number.isFinite(seen) ? { seen, before } : null;
    } catch {
      return null; // nothing yet, or a browser that keeps nothing
    }
  };
  const read = remembered();
  let since = read?.before;
  if (!read || told.as_of > read.seen) {
    since = read?.seen;
    try {
      localStorage.setItem(KEPT, JSON.stringify({ seen: told.as_of, before: since }));
    } catch {
      // then it is marked on this page alone
    }
  }
  if (!Number.isFinite(since)) return;

  const late = new Map();
  for (const [id, ago, later] of told.entries) {
    const written = told.as_of - ago;
    if (written + later > since) late.set(String(id), written > since ? "new" : "changed");
  }

  /** What to call a thing on the page: an entry, or one change of it. */
  const called = ({ id, dataset }) => {
    const entry = late.get(dataset.entry ?? id.replace("entry-", ""));
    if (!dataset.when) return entry;
    if (Number(dataset.when) <= since) return undefined;
    return "first" in dataset && entry !== "changed" ? "new" : "changed";
  };
  const mark = (each) => {
    const what = called(each);
    const place = what && each.querySelector(".when, .meta, .facts, small");
    if (!place) return;
    const chip = document.createElement("span");
    const aloud = document.createElement("span");
    chip.className = `chip since ${what}`;
    aloud.className = "hidden";
    aloud.textContent = ` ${said.since}`;
    chip.append(said[what], aloud);
    if (place.matches(".when")) place.after(" ", chip);
    else place.append(" ", chip);
  };
  window.dugnadMark = mark;
  document.querySelectorAll('main :is([id^="entry-"], [data-entry])').forEach(mark);

  const count = (what) => [...late.values()].filter((each) => each === what).length;
  const many = (words, number) => (number ? [words[Math.min(number, words.length) - 1].replace("{n}", number)] : []);
  // What came and went in between, nobody has seen.
  const gone = told.gone.filter(([, , age, ago]) => told.as_of - ago > since && told.as_of - age <= since);
  const counted = [...many(said.news, count("new")), ...many(said.changes, count("changed")), ...many(said.gone, gone.length)];
  if (!counted.length) return;
  if (since < told.from) counted.push(said.more);
  const year = (ms) => new Date(ms).getUTCFullYear();
  const day = new Date(since).toLocaleDateString(said.locale, {
    day: "numeric", month: "long", timeZone: "UTC", ...(year(since) === year(told.as_of) ? {} : { year: "numeric" }),
  });
  for (const each of document.querySelectorAll("[data-since]")) {
    each.querySelector("p").textContent = said.count.replace("{day}", day).replace("{what}", counted.join(", "));
    each.hidden = false;
    if (!gone.length) continue;
    const called = JSON.parse(each.dataset.since);
    const top = document.querySelector('script[src$="lately.js"]').getAttribute("src").replace(/lately\.js$/, "");
    const links = gone.map(([path, id]) => Object.assign(document.createElement("a"), { href: `${top}${path}/${id}/index.html`, textContent: called[path] }));
    const place = each.querySelector("[data-gone]");
    place.querySelector("span").replaceChildren(...links.flatMap((link) => [link, ", "]).slice(0, -1));
    place.hidden = false;
  }
});
