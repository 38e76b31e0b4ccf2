/* What was taken back after this copy was made. Only a copy that was given an address asks there, at most every few minutes, and believes what
   is signed with the key that it names; a page that came over plain HTTP came without any proof itself. What was told last is kept
   by the browser, for where there is no network. It can only hide what is here; web/publishing/recalled.py tells it. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const asked = document.querySelector('meta[name="dugnad-recall"]');
  const snapshot = document.querySelector("[data-recalled]");
  if (!asked || !snapshot) return;
  const said = JSON.parse(snapshot.dataset.recalled);
  const KEPT = `dugnad-recalled ${asked.content}`;
  const EVERY = 5 * 60 * 1000;
  const main = document.querySelector("main");

  const make = (tag, attributes, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  const bytes = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const signed = async ({ list, signature }) => {
    if (!window.isSecureContext) return true;
    const key = await crypto.subtle.importKey("raw", bytes(asked.dataset.key), { name: "Ed25519" }, false, ["verify"]);
    return crypto.subtle.verify("Ed25519", key, bytes(signature), new TextEncoder().encode(list));
  };
  /** The list that something says, when it is one that counts. */
  const believed = async (told) => {
    const list = (await signed(told)) && JSON.parse(told.list);
    return list && list.audience === asked.dataset.audience && Number.isFinite(list.as_of) ? list : null;
  };

  const day = (ms) => new Date(ms).toLocaleDateString(said.locale, { day: "numeric", month: "long", year: "numeric" });
  const back = (ms) => make("p", { class: "empty recalled" }, said.said.replace("{day}", day(ms)));
  let gone = new Map();
  /** Which of them an address leads to, or what stands there is of. */
  const of = (address) => address.split(/[/#]/).map((part) => part.replace("entry-", "")).find((part) => gone.has(part));

  const hide = (within) => {
    // The house itself says what may be said of it.
    for (const link of within.querySelectorAll('a[href]:not([href^="http"])')) {
      const id = of(link.getAttribute("href"));
      if (!id) continue;
      const row = link.closest("main li, main .row");
      if (row && !row.closest(".prose") && !row.querySelector("ul, ol")) row.replaceChildren(back(gone.get(id)));
      else link.replaceWith(make("span", { class: "recalled" }, said.back));
    }
    for (const [id, at] of gone) {
      for (const each of within.querySelectorAll(`[id="entry-${id}"], [data-entry="${id}"]`)) each.replaceChildren(back(at));
    }
  };
  // Of what is still read, a text that a copy like this one may have was taken away, unless the copy was made after that.
  const follow = ({ entries, texts = [] }) => {
    const older = texts.filter(([, at]) => at > (window.dugnadErased ?? 0));
    gone = new Map([...entries, ...older].map(([id, at]) => [String(id), at]));
    if (!gone.size) return;
    const here = of(location.pathname);
    if (here) {
      const live = snapshot.querySelector("a").cloneNode();
      live.textContent = said.live;
      document.title = said.back;
      main.replaceChildren(make("h1", {}, said.back), back(gone.get(here)), make("p", {}, live));
      document.querySelector("aside.beside")?.remove();
    }
    hide(document.body);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const each of addedNodes) if (each.nodeType === Node.ELEMENT_NODE) hide(each);
      }
    }).observe(main, { childList: true, subtree: true });
  };

  const remembered = () => {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) ?? {};
    } catch {
      return {}; // a browser that keeps nothing
    }
  };
  const look = async () => {
    const kept = remembered();
    const before = kept.told ? await believed(kept.told).catch(() => null) : null;
    let list = before;
    if (!(Date.now() - kept.at < EVERY)) {
      try {
        const answer = await fetch(asked.content, { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" });
        const told = await answer.json();
        const newer = await believed(told);
        if (newer && !(newer.as_of < before?.as_of)) {
          list = newer;
          localStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), told }));
        }
      } catch {
        // nobody is there, or it is not what was signed: what was told last stands
      }
    }
    if (list) follow(list);
  };
  look();
});
