// Brings this page, or what is selected on it, to Alice, in the fragment of an address that no server is sent.
// It asks nothing of the page: a policy that forbids every script and request does not stop a new window.
// Kept in a bookmark it is one line; `alicebot vnext connectors browser-clipper bookmarklet` prints that line.
(() => {
  "use strict";
  const alice = ADDRESS;
  const most = 990000; // a clip may hold a million; the rest is room for a note
  const unread = "style,link,svg,canvas,img,picture,video,audio,iframe,object,embed,noscript,template,input,"
    + "textarea,select,button,script:not([type='application/ld+json'])";

  const encoded = (text) => new TextEncoder().encode(text);

  // The page as it stands now, without what nobody reads and without what was typed into it.
  const markup = (whole) => {
    const copy = document.documentElement.cloneNode(true);
    if (!whole) copy.querySelectorAll("body").forEach((one) => one.remove());
    copy.querySelectorAll(unread).forEach((one) => one.remove());
    copy.querySelectorAll("*").forEach((one) => {
      [...one.attributes].forEach(({ name, value }) => {
        const huge = value.length > 1000;
        if (huge || name === "style" || name.startsWith("on") || name.startsWith("src")) one.removeAttribute(name);
      });
    });
    return copy.outerHTML;
  };

  // At most `room` bytes of a text, without half a character at its end.
  const cut = (text, room) => new TextDecoder().decode(encoded(text).slice(0, room), { stream: true });

  const selected = String(getSelection() || "").trim();
  const clip = {
    url: location.href,
    captured_at: new Date().toISOString(),
    html: markup(!selected),
    selected_text: selected,
    page_text: "",
    cut: false,
  };

  if (encoded(clip.html + clip.selected_text).length > most) {
    const head = markup(false);
    const part = selected ? "selected_text" : "page_text";
    const words = selected || document.body.innerText;
    clip.html = encoded(head).length > most / 10 ? "" : head;
    clip[part] = cut(words, most - encoded(clip.html).length);
    clip.cut = clip[part].length < words.length;
  }

  const bytes = encoded(JSON.stringify(clip));
  let binary = "";
  for (let at = 0; at < bytes.length; at += 30000) binary += String.fromCharCode(...bytes.subarray(at, at + 30000));
  const fragment = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  if (!window.open(alice + "#" + fragment)) alert("Allow this page to open a window, then clip it again.");
})();
