/* Search in a snapshot, without a server: [data-search] is an input, and what it finds is shown in the list that its `aria-controls`
   names. The index is described in export/searching.py; a page from a folder may load its files as scripts, and nothing else. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const box = document.querySelector("[data-search]");
  if (!box) return;
  const list = document.getElementById(box.getAttribute("aria-controls"));
  const said = JSON.parse(box.dataset.search);
  const SHOWN = 10;
  const SNIPPET = 240;
  const WORD = /[\p{L}\p{N}]{1,40}/gu;
  const PART = /(-?)(?:(kind|tag|by|in|before|after):("[^"]*"|\S+)|"([^"]*)"|(\S+))/gi;
  const words = (text) => text.normalize("NFC").toLowerCase().match(WORD) ?? [];

  // What is in the files.

  const kept = new Map();
  const waiting = new Map();
  window.dugnadRead = (name, content) => {
    kept.set(name, content);
    waiting.get(name)?.(content);
  };
  const load = async (name) => {
    if (kept.has(name)) return kept.get(name);
    const loading = new Promise((done, failed) => {
      waiting.set(name, done);
      const script = document.createElement("script");
      script.src = `${name}.js`;
      script.onerror = () => failed(new Error(name));
      document.head.append(script);
    });
    kept.set(name, loading);
    return loading;
  };

  /** The place of the last of `sorted` that is not after the word; 0 when all are. */
  const placeOf = (sorted, word) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] <= word) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  };

  /** The lines of the shard that a word is in, as [word, postings, other forms, rest], and the number of the shard. */
  const shardOf = async (about, word) => {
    const block = placeOf(about.blocks, word);
    const firsts = await load(`b/${block}`);
    return lines(block * about.block + placeOf(firsts, word));
  };
  const read = new Map();
  const lines = async (number) => {
    if (!read.has(number)) {
      const text = await load(`w/${number}`);
      read.set(number, { number, lines: text.split("\n").map((line) => line.split("\t")) });
    }
    return read.get(number);
  };

  /** Adds a word's documents to `found`: for each the step, of which the best counts. */
  const decode = (about, postings, found, least) => {
    let number = 0;
    let gap = 0;
    for (let at = 0; at < postings.length; at++) {
      const sign = postings.charCodeAt(at);
      if (sign < 58) {
        gap = gap * 10 + sign - 48;
      } else {
        number += gap;
        gap = 0;
        const worth = least * (1 + (sign - 97) / about.steps);
        if (!(found.get(number) >= worth)) found.set(number, worth);
      }
    }
  };

  /** The documents of a word, of what begins with it, and of its other forms; with `all`, those too that are not among the best
      of a very common word. */
  const documentsOf = async (about, word, all, exact = false) => {
    const found = new Map();
    const take = async (line, worth) => {
      if (line[1]) decode(about, line[1], found, worth);
      if (line[3] && all) decode(about, await load(`r/${line[3]}`), found, worth);
      return Boolean(line[3]) && !all;
    };
    let more = false;
    let forms = "";
    let shard = await shardOf(about, word);
    for (let shards = 0; shards < 3; shards++) {
      let on = true;
      for (const line of shard.lines) {
        if (line[0] < word) continue;
        on = line[0].startsWith(word);
        if (!on || (exact && line[0] !== word)) break;
        const same = line[0] === word;
        if (same) forms = line[2] ?? "";
        more = (await take(line, same ? 1 : 0.6)) || more;
      }
      if (!on || exact || word.length < 3) break;
      const last = await load(`b/${Math.floor((shard.number + 1) / about.block)}`).catch(() => null);
      if (!last || !last[(shard.number + 1) % about.block]?.startsWith(word)) break;
      shard = await lines(shard.number + 1);
    }
    for (const form of forms ? forms.split(" ") : []) {
      const line = (await shardOf(about, form)).lines.find(([first]) => first === form);
      if (line) more = (await take(line, 0.9)) || more;
    }
    return { found, more };
  };

  /** A word that nothing begins with may be a form of one that is there: it is cut until it is. In English, a y before an ending
      becomes an i. */
  const meant = async (about, word, all) => {
    if (word.includes(":")) return documentsOf(about, word, all, true);
    let result = await documentsOf(about, word, all);
    const cuts = word.endsWith("y") ? [word.replace(/y$/, "i")] : [];
    for (let length = word.length - 1; length >= 4 && length >= word.length - 4; length--) cuts.push(word.slice(0, length));
    while (!result.found.size && cuts.length) result = await documentsOf(about, cuts.shift(), all, true);
    return result;
  };

  const asked = (about, typed) => {
    const query = { wanted: [], unwanted: [], narrow: [], before: "", after: "" };
    for (const [, minus, name, given, phrase, word] of typed.slice(0, 1000).matchAll(PART)) {
      if (name) {
        const value = given.replaceAll('"', "").toLowerCase().replace(/^[#@]/, "");
        const field = name.toLowerCase();
        if (field === "before" || field === "after") query[field] = value;
        else query.narrow.push(`${field}:${field === "kind" ? (about.kinds[value] ?? value) : value}`);
      } else {
        const each = words(phrase ?? word);
        if (each.length) (minus ? query.unwanted : query.wanted).push(each);
      }
    }
    return query;
  };

  /** [number, worth] of each document, the best first. */
  const find = async (about, query, all) => {
    if (!about.documents) return [];
    const wanted = [...new Set(query.wanted.flat())];
    const results = await Promise.all([...wanted, ...query.narrow].map((word) => meant(about, word, all)));
    const unwanted = await Promise.all(query.unwanted.flat().map((word) => documentsOf(about, word, true, true)));
    const [from, to] = between(about, query);
    const sorted = [...results].sort((one, other) => one.found.size - other.found.size);
    if (!sorted.length) return [];
    const rare = results.map(({ found }) => Math.log(1 + about.documents / (1 + found.size)));
    const hits = [];
    for (const number of sorted[0].found.keys()) {
      if (number < from || number >= to || unwanted.some(({ found }) => found.has(number))) continue;
      if (!sorted.every(({ found }) => found.has(number))) continue;
      hits.push([number, results.reduce((sum, { found }, at) => sum + rare[at] * found.get(number), 0)]);
    }
    if (!all && hits.length < SHOWN && results.some(({ more }) => more)) return find(about, query, true);
    return hits.sort((one, other) => other[1] - one[1] || other[0] - one[0]);
  };

  /** The numbers of the documents that were written in these months. Days are looked at when the texts are there. */
  const between = (about, { before, after }) => {
    const months = Object.entries(about.months);
    const first = (date) => months.find(([month]) => month >= date)?.[1] ?? about.documents;
    const end = before.length > 7 ? months.find(([month]) => month > before.slice(0, 7))?.[1] ?? about.documents : first(before);
    return [after ? first(after.slice(0, 7)) : 0, before ? end : about.documents];
  };

  // What is shown.

  const make = (name, attributes = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [each, value] of Object.entries(attributes)) made.setAttribute(each, value);
    made.append(...inside);
    return made;
  };

  /** Whether a word is, or may well be a form of, one that is looked for. */
  const isOne = (word, wanted) => wanted.some((each) => word.toLowerCase().startsWith(each.slice(0, Math.max(4, each.length - 2))));

  /** A text from one place to another, with the words that are looked for marked. */
  const marked = (text, wanted, from = 0, to = text.length) => {
    const shown = [];
    let at = from;
    for (const { 0: word, index } of text.matchAll(WORD)) {
      if (index < from || index + word.length > to || !isOne(word, wanted)) continue;
      shown.push(text.slice(at, index), make("mark", {}, word));
      at = index + word.length;
    }
    return [...shown, text.slice(at, to)];
  };

  /** The part of a text where the first of these words stands. */
  const snippet = (text, wanted) => {
    const first = [...text.matchAll(WORD)].find(([word]) => isOne(word, wanted));
    const start = Math.max(0, (first?.index ?? 0) - 60);
    const from = start && text.indexOf(" ", start) + 1;
    const end = Math.min(text.length, from + SNIPPET);
    return [from ? "… " : "", ...marked(text, wanted, from, end), end < text.length ? " …" : ""];
  };

  const row = ([at, title, kind, space, author, day, text], wanted) => {
    const link = make("a", { href: at }, ...marked(title, wanted));
    const when = make("time", { datetime: day }, new Date(`${day}T12:00:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" }));
    const inside = [
      make("h2", {}, make("span", { class: `kind kind-${kind}` }, said.called[kind] ?? kind), " ", link),
      make("p", { class: "excerpt", dir: "auto" }, ...snippet(text, wanted)),
      make("p", { class: "facts" }, make("span", {}, `${author} · ${space} · `, when)),
    ];
    const made = make("li", { class: "row plain", "data-entry": at.split("#entry-")[1] ?? "" }, make("article", {}, ...inside));
    window.dugnadMark?.(made);
    return made;
  };

  /** Whether the days are right, and the words of each phrase stand together: 2 when they are seen to, 1 when they may, further down
      than what is here of the text, and else 0. */
  const fits = (about, [, title, , , , day, text], query) => {
    if ((query.before && day >= query.before) || (query.after && day < query.after)) return 0;
    const whole = ` ${words(`${title} ${text}`).join(" ")}`;
    const seen = query.wanted.every((phrase) => phrase.length < 2 || whole.includes(` ${phrase.join(" ")}`));
    return seen ? 2 : Number(text.length >= about.shown);
  };

  let turn = 0;
  const search = async () => {
    const mine = ++turn;
    const typed = box.value.trim();
    if (!typed) {
      list.removeAttribute("aria-busy");
      return list.replaceChildren();
    }
    list.setAttribute("aria-busy", "true");
    try {
      const about = await load("directory");
      const query = asked(about, typed);
      const hits = await find(about, query, false);
      if (mine !== turn) return;
      await show(about, query, hits, mine);
    } catch {
      if (mine === turn) list.replaceChildren(make("p", { class: "empty" }, said.broken));
    } finally {
      if (mine === turn) {
        list.removeAttribute("aria-busy");
        list.dataset.shows = typed;
      }
    }
  };

  const show = async (about, query, hits, mine) => {
    const wanted = query.wanted.flat();
    const rows = make("ol", { class: "rows", role: "list" });
    const count = make("p", { class: "hint", role: "status" }, hits.length ? said.found.replace("{n}", hits.length) : said.nothing);
    const more = make("button", { type: "button", class: "button quiet" }, said.more);
    let next = 0;
    const add = async () => {
      let added = 0;
      while (added < SHOWN && next < hits.length) {
        const these = hits.slice(next, next + SHOWN - added);
        next += these.length;
        const texts = await Promise.all(these.map(([number]) => load(`t/${Math.floor(number / about.together)}`)));
        if (mine !== turn) return;
        const documents = these.map(([number], at) => texts[at][number % about.together]);
        const sure = documents.map((each) => [each, fits(about, each, query)]).filter(([, fit]) => fit);
        sure.sort(([, one], [, other]) => other - one); // keeps the order of those that fit alike
        rows.append(...sure.map(([each]) => row(each, wanted)));
        added += sure.length;
      }
      more.hidden = next >= hits.length;
    };
    await add();
    if (mine !== turn) return;
    if (!rows.children.length) count.textContent = said.nothing;
    more.addEventListener("click", add);
    list.replaceChildren(count, rows, more);
  };

  let soon;
  box.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(search, 80);
    history.replaceState(null, "", box.value ? `#${encodeURIComponent(box.value)}` : "#");
  });
  const fromAddress = () => {
    try {
      box.value = decodeURIComponent(location.hash.slice(1));
    } catch {
      return; // not of this page's making
    }
    search();
  };
  addEventListener("hashchange", fromAddress);
  if (location.hash.length > 1) fromAddress();
  box.focus({ preventScroll: true });
});
