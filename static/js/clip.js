// The clip page: takes what the bookmarklet brought, has it shown as it would be kept, and keeps it by a fresh key press.
// Must not keep anything by itself, nor by a press that was begun for another page: any page can open this one.
(() => {
  "use strict";

  const STORED = "alice.clip";
  const HERE = "/vnext/clip";
  const REST_MS = 1_000;
  const CLOSE_MS = 150; // long enough to see what was done, and for the key to come up again
  const FIELDS = ["url", "captured_at", "html", "selected_text", "page_text"];

  let timer = 0;
  let armed = false;
  let seen = false;

  const byId = (id) => document.getElementById(id);
  const show = (id) => {
    for (const one of document.querySelectorAll(".clip-state")) one.hidden = one.id !== id;
  };
  const saver = () => document.querySelector("[data-save]");
  const isTyping = (element) => element.matches?.("input, textarea, select");

  // The browser sends no cookie on the way here from another page, nor when this page is loaded again. Going on from
  // here once does: that is why the clip waits in the tab's own storage, out of the address and of the history.
  function arrive(fragment) {
    try {
      sessionStorage.setItem(STORED, fragment);
    } catch {
      return show("clip-unstored");
    }
    location.replace(HERE);
  }

  function stored() {
    try {
      return sessionStorage.getItem(STORED);
    } catch {
      return null;
    }
  }

  function read(fragment) {
    const plain = fragment.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(plain), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  }

  function fill(form, clip) {
    for (const name of FIELDS) {
      const value = clip[name] ?? "";
      if (typeof value !== "string") throw new TypeError(name);
      form.elements[name].value = value.replaceAll("\0", "");
    }
    byId("clip-cut").hidden = clip.cut !== true;
  }

  function begin() {
    if (location.hash.length > 1) return arrive(location.hash.slice(1));
    const fragment = stored();
    if (!fragment) return show("clip-none");
    const form = byId("clip");
    if (!form.hasAttribute("data-signed-in")) return show("clip-stranger");
    try {
      fill(form, read(fragment));
    } catch {
      forget();
      return show("clip-unread");
    }
    show("clip-shown");
    htmx.trigger("#clip-look", "arrived");
  }

  function forget() {
    sessionStorage.removeItem(STORED);
  }

  // Saving is asleep until this page has been in front for a second in which nothing was pressed.
  function rest() {
    clearTimeout(timer);
    set(false);
    if (seen && saver() && document.hasFocus() && !document.hidden) timer = setTimeout(() => set(true), REST_MS);
  }

  function set(value) {
    armed = value;
    saver()?.setAttribute("aria-disabled", String(!value));
  }

  function touched(event) {
    if (!armed) return rest();
    if (event.type !== "keydown" || event.repeat || !event.isTrusted) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    if (event.key.toLowerCase() === "s") {
      event.preventDefault();
      byId("clip").requestSubmit(saver());
    }
  }

  function submitted(event) {
    if (armed) return set(false);
    event.preventDefault();
    event.stopImmediatePropagation();
    rest();
  }

  function leave(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    forget();
    setTimeout(close, CLOSE_MS);
  }

  function clipped() {
    seen = false;
    forget();
    setTimeout(close, CLOSE_MS);
  }

  addEventListener("submit", submitted, true);
  addEventListener("keydown", touched, true);
  addEventListener("keydown", leave);
  addEventListener("pointerdown", touched, true);
  addEventListener("focus", rest);
  addEventListener("blur", rest);
  document.addEventListener("visibilitychange", rest);
  document.addEventListener("alice:clipped", clipped);
  document.addEventListener("htmx:afterSettle", () => {
    seen = true;
    rest();
  });
  addEventListener("hashchange", () => {
    if (location.hash.length > 1) arrive(location.hash.slice(1));
  });
  document.addEventListener("DOMContentLoaded", begin);
})();
