// Page visits, once somebody has agreed: funnel.push(["consent", true]). Nothing is stored or sent before.
(() => {
"use strict";
const asked = window.funnel ?? [];
if (!Array.isArray(asked)) return; // a second line on the same page, or something else of that name
const me = document.currentScript, base = new URL(me.src).origin, sites = /*sites*/[], key = "funnel", place = location;
const gpc = navigator.globalPrivacyControl, name = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => (b + 256).toString(16).slice(1)).join("");
const ask = (body) => fetch(base + "/t", { method: "POST", credentials: "omit", keepalive: true, body });
const tell = (told, what) => {
  const body = JSON.stringify({ told, ...what });
  if (!navigator.sendBeacon?.(base + "/t", body)) ask(body).catch(() => {});
};
let visitor, visit, part, since, proof = me.dataset.proof, before = document.referrer, shown, no, due;
const store = (value) => { try { return value === undefined ? localStorage.getItem(key) : value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { return null; } };
const seen = () => document.visibilityState === "visible";
// What an address brought is taken off it, so that nobody passes it on; the rest stays as it was written.
const brought = (param) => {
  const url = new URL(place);
  let found = null;
  url.search = url.search.replace(RegExp(`[?&]${param}=([^&]*)`, "g"), (_, value) => { found ??= value; return ""; }).replace(/^&/, "?");
  if (found !== null) history.replaceState(history.state, "", url);
  return found;
};
const leave = () => {
  due?.(true);
  const seconds = since ? Math.round((Date.now() - since) / 1000) : 0;
  since = 0;
  if (visitor && visit && seconds > 0) tell("left", { visitor, visit, part: ++part, seconds: Math.min(seconds, 86400) });
};
// A page that changes without loading gets its title later; it is waited for a second at most, and while she is there.
const enter = (old) => {
  if (!visitor || !seen() || shown === place.pathname) return;
  leave();
  shown = place.pathname; visit = name(); part = 0; since = Date.now();
  const id = visitor, what = { told: "visit", visitor, visit, url: place.origin + shown + place.search, referrer: before.slice(0, 4000), proof: proof || "" }, until = since + 1000;
  const send = due = (now) => {
    if (due !== send) return;
    if (!now && document.title === old && Date.now() < until) return setTimeout(send, 50);
    due = null;
    // 410: she has withdrawn her consent on another site.
    ask(JSON.stringify({ ...what, title: [...document.title].slice(0, 200).join("") }))
      .then((answer) => { if (answer.status === 410 && visitor === id) drop(); }).catch(() => {});
  };
  send();
  proof = ""; before = place.href;
};
const drop = () => { visitor = visit = shown = due = null; store(""); };
const known = (id) => { visitor = id; store(id); enter(); };
const consent = (given) => {
  no = gpc || !given;
  if (no) {
    const gone = visitor || store();
    drop();
    if (gone) tell("forget", { visitor: gone });
  } else arriving.then((id) => no || visitor || known(store() || id || name()));
};
const act = ([what, value]) => what === "consent" && consent(value);
const pass = brought("fn_pass");
proof = brought("fn_from") || proof;
// Not before it is known what the page has said.
const arriving = Promise.resolve().then(() => no || !/^[0-9a-f]{32}$/.test(pass) ? undefined :
  ask(JSON.stringify({ told: "arrived", pass, visitor: store() || undefined }))
    .then((answer) => answer.status === 200 ? answer.json().then((who) => who.visitor) : undefined).catch(() => {}));
window.funnel = { push: act, get consented() { return !!visitor; } };
if (gpc) consent(false);
[...asked].forEach(act);
// A page that says no itself is not overruled by a form's tick.
if (me.dataset.consent) consent(!no && me.dataset.consent === "yes");
arriving.then((id) => { if (!no && !visitor && (store() || id)) known(store() || id); });
// Who goes on to another of the sites is known there, by a pass that is used once.
const out = (event) => {
  const link = event.target.closest?.("a[href]");
  if (!visitor || !link || link.host === place.host || !/^https?:$/.test(link.protocol) || !sites.includes(link.host)) return;
  const url = new URL(link.href), plain = link.href, given = name();
  tell("leaving", { visitor, pass: given });
  url.search = "?fn_pass=" + given + url.search.replace("?", "&");
  link.href = url;
  setTimeout(() => { link.href = plain; });
};
addEventListener("click", out, true);
addEventListener("auxclick", (event) => event.button === 1 && out(event), true);
// A page in the background, or one that is prepared in case she opens it, is none that she visits.
document.addEventListener("visibilitychange", () => { if (seen()) { since = Date.now(); enter(); } else leave(); });
addEventListener("pagehide", leave);
// What she says in one window holds in all, and on a page that comes back as it was left.
const follow = () => {
  const id = gpc ? null : store();
  if (id !== visitor) { visitor = id; visit = shown = due = null; }
  enter();
};
addEventListener("pageshow", (event) => { if (event.persisted) { shown = null; before = document.referrer; follow(); } });
addEventListener("storage", (event) => { if (event.key === key || event.key === null) follow(); });
// Pages that change without loading.
const later = () => {
  if (shown !== place.pathname) due?.(true);
  setTimeout(enter, 50, document.title);
};
for (const how of ["pushState", "replaceState"]) {
  const real = history[how];
  history[how] = function (...given) { real.apply(this, given); later(); };
}
addEventListener("popstate", later);
})();
