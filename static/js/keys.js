// The keyboard: every key is a data-key attribute on the link, button or field that it stands for, and the help dialog
// is built from the same attributes, so it cannot drift. Must not do anything that cannot be done by pointer as well.
(() => {
  "use strict";

  const SEQUENCE_MS = 1_500;
  const STORED = "alice.keys";
  let prefix = "";
  let prefixAt = 0;

  const visible = (element) => !element.hidden && element.closest("[hidden]") === null;
  const keyed = () => [...document.querySelectorAll("[data-key]")];
  const isTyping = (element) =>
    element.isContentEditable || (element.matches("input, textarea, select") && !element.matches("[type=checkbox], [type=radio]"));

  function enabled() {
    try {
      return localStorage.getItem(STORED) !== "off";
    } catch {
      return true;
    }
  }

  function spelled(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return event.shiftKey && /^[a-z]$/.test(key) ? `shift+${key}` : key;
  }

  function find(keys) {
    return keyed().find((element) => element.dataset.key === keys && visible(element) && !element.disabled);
  }

  function act(element) {
    if (element.matches("input:not([type=submit]), textarea, select")) element.focus();
    else element.click();
  }

  function pressed(event) {
    if (event.key === "Escape") return close(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !enabled()) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = spelled(event);
    const sequence = prefix && Date.now() - prefixAt < SEQUENCE_MS ? `${prefix} ${key}` : key;
    prefix = "";
    const element = find(sequence);
    if (element) {
      event.preventDefault();
      act(element);
    } else if (keyed().some((one) => one.dataset.key.startsWith(`${key} `))) {
      prefix = key;
      prefixAt = Date.now();
    }
  }

  // J and K walk over what can be opened or ticked: citations and loops, in reading order.
  function step(by) {
    const stops = [...document.querySelectorAll("[data-stop]")].filter(visible);
    if (!stops.length) return;
    const here = stops.indexOf(document.activeElement);
    const next = here === -1 ? firstBelowTop(stops, by) : Math.min(Math.max(here + by, 0), stops.length - 1);
    stops[next].focus({ focusVisible: true, preventScroll: true });
    stops[next].scrollIntoView({ block: "nearest" });
  }

  function firstBelowTop(stops, by) {
    const seen = stops.findIndex((stop) => stop.getBoundingClientRect().top > 48);
    return seen === -1 ? (by > 0 ? 0 : stops.length - 1) : seen;
  }

  // A citation whose card is open closes it again; Escape closes the card that was opened last.
  function slotOf(citation) {
    return document.getElementById(citation.getAttribute("aria-controls"));
  }

  function shut(citation) {
    citation.setAttribute("aria-expanded", "false");
    slotOf(citation)?.replaceChildren();
    citation.focus({ preventScroll: true });
  }

  function close(event) {
    const open = [...document.querySelectorAll('.cite[aria-expanded="true"]')];
    if (!open.length || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    shut(open.at(-1));
  }

  function beforeRequest(event) {
    const citation = event.target.closest?.(".cite[aria-controls]");
    if (!citation || citation !== event.detail.elt) return;
    if (citation.getAttribute("aria-expanded") === "true") {
      event.preventDefault();
      shut(citation);
    }
  }

  function afterSwap(event) {
    const citation = event.detail.requestConfig?.elt;
    if (!citation?.matches?.(".cite[aria-controls]") || event.detail.xhr.status >= 400) return;
    const slot = citation.getAttribute("aria-controls");
    for (const one of document.querySelectorAll(`[aria-controls="${CSS.escape(slot)}"]`)) {
      one.setAttribute("aria-expanded", String(one === citation));
    }
  }

  function clicked(event) {
    const opener = event.target.closest("[data-opens]");
    const stepper = event.target.closest("[data-step]");
    const closer = event.target.closest("[data-shuts]");
    event.target.closest("[data-dismiss]")?.parentElement.remove();
    if (opener) open(document.getElementById(opener.dataset.opens));
    if (stepper) step(Number(stepper.dataset.step));
    if (closer) {
      const slot = closer.closest(".evidence-slot");
      const citation = document.querySelector(`.cite[aria-expanded="true"][aria-controls="${CSS.escape(slot?.id ?? "")}"]`);
      if (!citation) return;
      event.preventDefault();
      shut(citation);
    }
  }

  function wording(element) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, svg, .nav-count").forEach((one) => one.remove());
    return element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? copy.textContent.trim();
  }

  function keycaps(keys) {
    const holder = document.createElement("dd");
    keys.split(" ").forEach((key) => {
      const cap = document.createElement("kbd");
      cap.textContent = key.replace("shift+", "⇧").replace(/^[a-z]$|(?<=⇧)[a-z]$/, (letter) => letter.toUpperCase());
      holder.append(cap, " ");
    });
    return holder;
  }

  function describe(place) {
    const groups = Map.groupBy(keyed(), (element) => element.dataset.keyGroup ?? "On this page");
    place.replaceChildren();
    for (const [title, elements] of groups) {
      const section = document.createElement("section");
      const heading = document.createElement("h3");
      const list = document.createElement("dl");
      heading.textContent = title;
      const listed = new Set();
      for (const element of elements) {
        if (listed.has(element.dataset.key)) continue;
        listed.add(element.dataset.key);
        const row = document.createElement("div");
        const name = document.createElement("dt");
        name.textContent = wording(element);
        row.append(name, keycaps(element.dataset.key));
        list.append(row);
      }
      section.append(heading, list);
      place.append(section);
    }
  }

  function open(dialog) {
    const place = dialog.querySelector("[data-shortcuts]");
    if (place) describe(place);
    dialog.showModal();
  }

  function begin() {
    const choice = document.getElementById("keys-on");
    document.addEventListener("keydown", pressed);
    document.addEventListener("click", clicked);
    document.addEventListener("htmx:beforeRequest", beforeRequest);
    document.addEventListener("htmx:afterSwap", afterSwap);
    if (!choice) return;
    choice.checked = enabled();
    choice.addEventListener("change", () => localStorage.setItem(STORED, choice.checked ? "on" : "off"));
  }

  document.addEventListener("DOMContentLoaded", begin);
})();
