// Finding one's way: the contents show where one is, the arrow keys turn pages, and the
// front page offers to go on where one stopped.
"use strict";
{
  const path = location.pathname.replace(/\/$/, "/index.html");
  const page = location.href.replace(/[?#].*$/, "").slice(book.top.length) || "index.html";

  // The links of the contents into this page, and the headings they lead to.
  const links = [...document.querySelectorAll(".chapters a")].filter(a => a.hash && a.pathname === path);
  const id = a => decodeURIComponent(a.hash.slice(1));
  const heads = [...new Set(links.map(id))].map(name => document.getElementById(name)).filter(Boolean);
  let current, asked = false;

  function mark() {
    asked = false;
    const bottom = scrollY > 0 && scrollY + innerHeight > document.documentElement.scrollHeight - 4;
    const head = bottom ? heads.at(-1) : heads.findLast(h => h.getBoundingClientRect().top < innerHeight / 4);
    if (head === current) return;
    current = head;
    let text = "";
    for (const a of links) {
      const here = id(a) === head?.id;
      a.classList.toggle("here", here);
      if (!here) { a.removeAttribute("aria-current"); continue; }
      a.setAttribute("aria-current", "location");
      text = a.textContent;
      const side = a.closest(".side");
      if (!side) continue;
      const { top, bottom } = a.getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) side.scrollTop += top - innerHeight / 2;
    }
    document.querySelector(".fold summary span").textContent = text;
  }
  addEventListener("scroll", () => { if (!asked) requestAnimationFrame(mark); asked = true; }, { passive: true });
  mark();

  // On a telephone the contents lie over the text until one has chosen.
  const fold = document.querySelector(".top .fold");
  addEventListener("click", e => { if (e.target.closest("a") || !fold.contains(e.target)) fold.open = false; });
  addEventListener("keydown", e => { if (e.key === "Escape") fold.open = false; });

  // The arrow keys belong to whoever writes, and to a listing that they scroll: the one
  // in focus, or the one clicked last.
  let pressed = null;
  addEventListener("pointerdown", e => { pressed = e.target; }, { passive: true });
  function scrolls(node) {
    for (; node && node !== document.body && node !== document.documentElement; node = node.parentElement) {
      if (node.scrollWidth > node.clientWidth && /auto|scroll/.test(getComputedStyle(node).overflowX)) return true;
    }
    return false;
  }
  addEventListener("keydown", e => {
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[e.key];
    if (!rel || e.defaultPrevented || e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || document.querySelector("dialog[open]")) return;
    if (e.target.closest?.("input, textarea, select, [contenteditable]") || scrolls(document.activeElement) || scrolls(pressed)) return;
    document.querySelector(`a[rel="${rel}"]`)?.click();
  });

  // Where one stopped: the page, and the block of it that stood at the top. It is kept
  // in this browser and goes nowhere; what one only looks up does not count.
  const lookedUp = /^(index|legend|glossary|404)\.html$|^src\//;
  function remember() {
    if (document.visibilityState === "visible" || lookedUp.test(page) || scrollY < 100) return;
    const block = [...document.querySelectorAll("main [id]:not(svg *)")].find(e => e.getBoundingClientRect().bottom > 60);
    book.kept("stopped", page + "#" + (block?.id ?? ""));
  }
  addEventListener("visibilitychange", remember);

  if (page === "index.html") {
    const [name, place] = (book.kept("stopped") ?? "").split("#");
    const link = [...document.querySelectorAll(".side a")].find(a => a.getAttribute("href") === name);
    if (link) {
      const line = document.createElement("p"), a = document.createElement("a");
      a.href = name + "#" + place;
      a.textContent = link.textContent.trim().replace(/^(\d+) /, "Chapter $1: ");
      line.className = "stopped";
      line.append("Go on where you stopped: ", a);
      document.querySelector("main h1").after(line);
    }
  }
}
