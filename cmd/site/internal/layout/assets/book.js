// What all scripts of a page share, and what the page needs first: the theme is chosen
// before anything is drawn. Without scripts the page follows the system.
"use strict";
const book = {
  top: document.currentScript.src.replace(/assets\/book\.js.*$/, ""), // of the site
  loaded: {},
  // load runs another script of the site, once: to fetch one is forbidden to a page
  // from the file system.
  load(name) {
    return this.loaded[name] ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      Object.assign(script, { src: this.top + "assets/" + name, onload: done, onerror: () => { delete this.loaded[name]; failed(); } });
      document.head.append(script);
    });
  },
  // id is what an address leads to, which anybody may have written: "%" alone is no letter.
  id({ hash }) {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      return hash.slice(1);
    }
  },
  // kept is what this browser keeps under a name, or is to keep.
  kept(name, value) {
    try {
      return value === undefined ? localStorage.getItem(name) : localStorage.setItem(name, value);
    } catch {
      return null; // in private mode
    }
  },
};

{
  const root = document.documentElement, all = selector => [...document.querySelectorAll(selector)];
  if (/^(light|dark)$/.test(book.kept("theme"))) root.dataset.theme = book.kept("theme");

  function themeButton() {
    const button = document.getElementById("theme");
    const other = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark" ? "light" : "dark";
    function label() {
      button.textContent = { light: "Light", dark: "Dark" }[other()];
      button.setAttribute("aria-label", `Switch to the ${other()} theme`);
    }
    button.addEventListener("click", () => { book.kept("theme", root.dataset.theme = other()); label(); });
    button.hidden = false;
    label();
  }

  function copyButtons() {
    if (!navigator.clipboard) return;
    for (const code of all(".listing, pre.code:not(.listing pre)")) {
      const button = document.createElement("button");
      const say = text => { button.textContent = text; };
      Object.assign(button, { type: "button", className: "copy", textContent: "Copy" });
      button.addEventListener("click", () => {
        const text = (code.matches("pre") ? [code] : [...code.querySelectorAll("pre.code")]).map(pre => pre.textContent).join("");
        navigator.clipboard.writeText(text).then(() => { say("Copied"); setTimeout(say, 1500, "Copy"); }, () => say("Not allowed"));
      });
      if (code.matches(".listing")) { code.append(button); continue; }
      const box = document.createElement("div");
      box.className = "copybox";
      code.before(box);
      box.append(code, button);
    }
  }

  // What scrolls can be scrolled with the arrow keys: it has the focus in its turn.
  const reach = new ResizeObserver(entries => entries.forEach(({ target: box }) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
  }));

  // Folded parts that hold the target of a link are opened, and all are opened for
  // printing, which the style sheet can do in some browsers only.
  const unfold = book.unfold = scroll => {
    const target = document.getElementById(book.id(location));
    let opened = false;
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS" && !node.open) opened = node.open = true;
    if (opened || target && scroll === true) target.scrollIntoView({ behavior: "instant" });
  };
  let folded = [];
  addEventListener("beforeprint", () => { folded = all("main details:not([open])"); for (const fold of folded) fold.open = true; });
  addEventListener("afterprint", () => { for (const fold of folded) fold.open = false; });

  addEventListener("DOMContentLoaded", () => {
    themeButton();
    copyButtons();
    all("pre, .scroll, div.math").forEach(box => reach.observe(box));
    unfold();
    addEventListener("hashchange", unfold);
    addEventListener("click", e => { if (e.target.closest("a[href]")) setTimeout(unfold); }); // to the same place again
  });
}
