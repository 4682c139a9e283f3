// Asks the server whether anything changed: every 5 s while someone is here, every 60 s while idle, never when hidden.
// Must not replace anything under the user's hands: parts that mind say "3 new, press ." and wait.
(() => {
  "use strict";

  const ACTIVE_MS = 5_000;
  const IDLE_MS = 60_000;
  const IDLE_AFTER_MS = 60_000;
  const LONGEST_MS = 300_000;

  let lastTouch = Date.now();
  let failures = 0;
  let timer = 0;
  const waiting = new Map();

  const pulse = () => document.getElementById("pulse");
  const active = () => Date.now() - lastTouch < IDLE_AFTER_MS;

  function pause() {
    const calm = active() ? ACTIVE_MS : IDLE_MS;
    return failures ? Math.min(calm * 2 ** failures, LONGEST_MS) : calm;
  }

  function plan(wait = pause()) {
    clearTimeout(timer);
    if (!document.hidden && pulse()) timer = setTimeout(beat, wait);
  }

  function beat() {
    htmx.trigger(pulse(), "pulse");
  }

  function touched() {
    const wasIdle = !active();
    lastTouch = Date.now();
    if (wasIdle && !failures) plan(0);
  }

  function say(text) {
    const place = document.getElementById("live");
    if (place && place.textContent !== text) place.textContent = text;
  }

  // 401 means that the session is over: asking again would change nothing.
  function answered(event) {
    if (event.detail.requestConfig?.elt?.id !== "pulse") return;
    const { status } = event.detail.xhr;
    if (status === 401) return say("Signed out. Reload the page to sign in.");
    failures = status >= 200 && status < 400 ? 0 : failures + 1;
    say(failures ? "Alice does not answer; trying again." : "");
    plan();
  }

  // A failed pulse has its own quiet line; it must not put a problem into the toasts every few seconds.
  function keepQuiet(event) {
    if (event.detail.requestConfig?.elt?.id === "pulse" && event.detail.xhr.status >= 400) {
      event.detail.shouldSwap = false;
    }
  }

  // A part that refreshes itself keeps what was opened in it open; what had the focus, htmx finds again by its id.
  let opened = [];

  function beforeSwap(event) {
    opened = [...event.detail.target.querySelectorAll("details[id][open]")].map((one) => one.id);
  }

  function afterSwap() {
    for (const id of opened.splice(0)) document.getElementById(id)?.setAttribute("open", "");
  }

  const holderOf = (name) => document.querySelector(`[data-news~="${CSS.escape(name)}"]`);

  // An element with data-news="alice:brief" is not refreshed by that event: the count is shown, and "." loads it.
  function heard(event) {
    if (!holderOf(event.type)) return;
    const before = waiting.get(event.type) ?? 0;
    waiting.set(event.type, before + (event.detail?.count ?? 1));
    announce();
  }

  function announce() {
    const button = document.getElementById("news");
    if (!button) return;
    const count = [...waiting.values()].reduce((sum, count) => sum + count, 0);
    button.hidden = count === 0;
    button.querySelector("[data-count]").textContent = count;
  }

  function load() {
    for (const holder of new Set([...waiting.keys()].map(holderOf))) if (holder) htmx.trigger(holder, "load-new");
    waiting.clear();
    announce();
  }

  function begin() {
    const names = new Set();
    for (const one of document.querySelectorAll("[data-news]")) one.dataset.news.split(" ").forEach((n) => names.add(n));
    names.forEach((name) => document.body.addEventListener(name, heard));
    document.getElementById("news")?.addEventListener("click", load);
    document.addEventListener("htmx:afterRequest", answered);
    document.addEventListener("htmx:beforeSwap", keepQuiet);
    document.addEventListener("htmx:beforeSwap", beforeSwap);
    document.addEventListener("htmx:afterSwap", afterSwap);
    document.addEventListener("visibilitychange", () => plan(document.hidden ? undefined : 0));
    for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, touched, { passive: true, capture: true });
    plan();
  }

  document.addEventListener("DOMContentLoaded", begin);
})();
