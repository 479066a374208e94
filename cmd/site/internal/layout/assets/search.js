// Search: a window over the page, opened by "/" and by Ctrl-K. What it looks in is two
// files that set a variable each, loaded when it is first opened.
"use strict";
{
  const most = 40, ofOnePage = 6, ofTheGlossary = 2; // that are shown
  const longest = 200; // letters that are looked for: with ten thousand the page would stand still
  const find = document.getElementById("find"), hits = document.getElementById("hits");
  const input = find.querySelector("input"), said = find.querySelector("[role=status]");

  // All that can be found: where it leads, its text, the headings over it, and how
  // much more than prose it weighs.
  async function read() {
    await Promise.all([book.load("index.js"), book.load("names.js")]);
    const entries = [], files = {};
    bookIndex.forEach((page, place) => {
      const path = [];
      for (const [kind, id, text] of page.Texts ?? []) {
        const heading = kind > 0 && kind < 9;
        if (heading) path.length = Math.max(0, Math.min(path.length, kind - 2));
        entries.push({ page, place, href: page.Href + (kind === 1 ? "" : "#" + id), text, path: path.join(" › "), weight: heading ? 5 : kind === 9 ? 2 : 1 });
        if (kind > 1 && heading) path.push(text);
      }
    });
    for (const [href, names] of Object.entries(bookNames)) {
      const file = { Href: href.replace(/#.*/, ""), Title: href.replace(/^src\/|\.html#.*$/g, ""), Over: "" };
      const page = files[file.Href] ??= bookIndex.find(page => page.Href === file.Href) ?? file;
      const place = (bookIndex.indexOf(page) + 1 || 1000) - 1;
      for (const [name, signature, doc] of names) entries.push({ page, place, href, name, path: name, text: [signature, doc].filter(Boolean).join(" — "), weight: 1 });
    }
    for (const e of entries) [e.low, e.lowPath] = [`${e.name ?? ""} ${e.text}`.toLowerCase(), (e.page.Title + " " + e.path).toLowerCase()];
    return entries;
  }
  let reading = null;

  // Every word has to be there, and one of them in the text itself. Beginnings of words
  // count more than their insides, and a name that is asked for more than all.
  function score(e, words, query) {
    let sum = 0, own = false;
    for (const { word, start } of words) {
      const times = e.low.split(word).length - 1;
      if (times === 0 && !e.lowPath.includes(word)) return 0;
      own ||= times > 0;
      sum += times === 0 ? 0.3 : 1 + Math.min(times, 4) / 4 + (start.test(e.low) ? 1 : 0);
    }
    if (!own) return 0;
    if (!e.name) return sum * e.weight;
    const asked = query.toLowerCase(), names = e.name.split(", "); // a term has several
    if (names.some(name => name.toLowerCase() === asked)) return sum + (names.includes(query) ? 300 : 200);
    const member = e.name.toLowerCase().split(".").pop();
    return sum + (member === asked ? 100 : member.startsWith(asked) ? 8 : 0);
  }

  const pattern = word => word.replace(/[^a-z0-9]/g, "\\$&");

  function search(entries, query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean).map(word => {
      if (/[^s]s$/.test(word) && word.length > 3) word = word.slice(0, -1); // gradients: gradient
      return { word, start: new RegExp("(?<![a-z0-9])" + pattern(word)) };
    });
    const found = words.length === 0 ? [] : entries.map(e => [score(e, words, query), e]).filter(([s]) => s > 0);
    found.sort(([a, x], [b, y]) => b - a || x.place - y.place);
    const shown = new Map();
    const best = found.map(([, e]) => e).filter(e => shown.set(e.page, (shown.get(e.page) ?? 0) + 1).get(e.page) <= (e.page.Href === "glossary.html" ? ofTheGlossary : ofOnePage)).slice(0, most);
    show(best, words.map(w => w.word));
    said.textContent = words.length === 0 ? "" : best.length < found.length ? `The best ${best.length} of ${found.length} places` : `${best.length} place${best.length === 1 ? "" : "s"}`;
  }

  // element is a tag with a class and what stands in it.
  function element(tag, name, ...children) {
    const e = document.createElement(tag);
    e.className = name;
    e.append(...children);
    return e;
  }

  // line is the text around the first word found, with the words marked.
  function line(text, words) {
    const any = new RegExp("(" + words.map(pattern).join("|") + ")", "i");
    const at = Math.max(0, text.search(any)), from = at < 90 ? 0 : text.indexOf(" ", at - 60) + 1;
    const cut = (from ? "… " : "") + text.slice(from, from + 200) + (text.length > from + 200 ? " …" : "");
    return element("span", "", ...cut.split(new RegExp(any, "gi")).map((piece, i) => i % 2 ? element("mark", "", piece) : piece));
  }

  function show(found, words) {
    hits.replaceChildren();
    Map.groupBy(found, e => e.page).forEach((list, page) => {
      const title = (page.Over ? page.Over + " · " : "") + page.Title;
      const group = element("div", "", element("p", "", title));
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", title);
      group.firstChild.setAttribute("role", "presentation");
      for (const e of list) {
        const a = element("a", "", element("span", "path", e.path), line(e.text, words));
        Object.assign(a, { href: book.top + e.href, role: "option", tabIndex: -1, id: "hit-" + hits.querySelectorAll("a").length + "-" + group.children.length });
        group.append(a);
      }
      hits.append(group);
    });
    select(hits.querySelector("a"));
  }

  function select(a) {
    hits.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    input.setAttribute("aria-expanded", String(!!a));
    if (!a) return input.removeAttribute("aria-activedescendant");
    a.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", a.id);
    a.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  function update() {
    reading ??= read();
    reading.then(entries => search(entries, input.value.trim().slice(0, longest)), () => { reading = null; said.textContent = "The index cannot be loaded."; });
  }

  function open() {
    if (find.open) return;
    find.showModal();
    input.select();
    update();
  }

  input.addEventListener("input", update);
  input.addEventListener("keydown", e => {
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 0 }[e.key];
    if (step === undefined) return;
    e.preventDefault();
    reading.then(() => {
      const all = [...hits.querySelectorAll("a")], at = all.findIndex(a => a.getAttribute("aria-selected") === "true");
      if (step) select(all[(at + step + all.length) % all.length]);
      else all[at]?.click();
    });
  });
  hits.addEventListener("click", e => {
    const a = e.target.closest("a");
    if (!a || e.ctrlKey || e.metaKey) return;
    find.close();
    if (a.pathname !== location.pathname || !a.hash) return;
    e.preventDefault(); // on this page one is there at once
    location.hash = a.hash;
    book.unfold(true);
  });
  find.querySelector("button").addEventListener("click", () => find.close());
  const button = document.getElementById("search");
  button.addEventListener("click", open);
  button.hidden = false;
  addEventListener("keydown", e => {
    const slash = e.key === "/" && !e.ctrlKey && !e.metaKey && !e.altKey && !e.target.closest?.("input, textarea, select, [contenteditable]");
    if (!slash && !(e.key.toLowerCase() === "k" && (e.ctrlKey || e.metaKey) && !e.shiftKey && !e.altKey)) return;
    e.preventDefault();
    open();
  });
}
