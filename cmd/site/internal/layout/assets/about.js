// A name in focus or under the pointer, in code and in prose, says what it is: its
// signature, and the first sentence of its comment. A term of the glossary says what it
// means.
"use strict";
{
  const about = document.createElement("div");
  Object.assign(about, { id: "about", role: "tooltip", hidden: true });
  document.body.append(about);
  let current = null, timer = 0;

  // what is the name that a link leads to, of those declared there: the one it spells.
  function what(a) {
    const href = decodeURIComponent(a.href.slice(book.top.length)).replace(/^all\.html#(.+?)--/, "$1.html#");
    const text = a.textContent.replace(/^\W+/, "").replace(/[^\w.].*$/s, ""), last = text.split(".").pop();
    const names = bookNames[href] ?? [];
    return names.find(([name]) => name === text) ?? names.find(([name]) => name.split(".").pop() === last) ?? names[0];
  }

  async function show(a) {
    current = a;
    await book.load("names.js");
    const found = current === a && what(a);
    if (!found) return;
    const [, signature, doc] = found, code = document.createElement("code"), p = document.createElement("p");
    code.textContent = signature;
    p.textContent = doc;
    about.replaceChildren(...[signature && code, doc && p].filter(Boolean));
    about.hidden = false;
    a.setAttribute("aria-describedby", about.id);
    place();
  }

  function place() {
    if (about.hidden) return;
    const { left, top, bottom } = current.getBoundingClientRect(), { width, height } = about.getBoundingClientRect();
    about.style.left = Math.max(16, Math.min(left, document.documentElement.clientWidth - width - 16)) + "px";
    about.style.top = (bottom + height + 8 < innerHeight ? bottom + 4 : Math.max(4, top - height - 4)) + "px";
  }

  function hide() {
    clearTimeout(timer);
    current?.removeAttribute("aria-describedby");
    current = null;
    about.hidden = true;
  }

  const name = e => e.target.closest?.("a.id, a.name, a.term");
  addEventListener("focusin", e => { hide(); if (name(e) && e.target.matches(":focus-visible")) show(name(e)); });
  addEventListener("pointerover", e => {
    if (e.pointerType === "touch" || about.contains(e.target) || name(e) && name(e) === current) return clearTimeout(timer);
    clearTimeout(timer);
    timer = setTimeout(name(e) ? () => { hide(); show(name(e)); } : hide, 200); // time to reach the window
  });
  addEventListener("keydown", e => { if (e.key === "Escape") hide(); });
  addEventListener("scroll", place, { passive: true, capture: true });
}
