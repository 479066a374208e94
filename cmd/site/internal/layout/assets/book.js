// The theme is chosen before the page is drawn; without this file the page
// follows the system.
(function () {
  "use strict";
  var root = document.documentElement;
  var stored = null;
  try { stored = localStorage.getItem("theme"); } catch (e) { /* private mode */ }
  if (stored === "light" || stored === "dark") root.setAttribute("data-theme", stored);

  function dark() {
    var chosen = root.getAttribute("data-theme");
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function themeButton() {
    var button = document.getElementById("theme");
    function label() { button.textContent = dark() ? "Light" : "Dark"; button.setAttribute("aria-label", "Switch to the " + (dark() ? "light" : "dark") + " theme"); }
    button.addEventListener("click", function () {
      var theme = dark() ? "light" : "dark";
      root.setAttribute("data-theme", theme);
      try { localStorage.setItem("theme", theme); } catch (e) { /* private mode */ }
      label();
    });
    button.hidden = false;
    label();
  }

  function copyButtons() {
    if (!navigator.clipboard) return;
    document.querySelectorAll(".listing, pre.code:not(.listing pre)").forEach(function (code) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(Array.from(code.matches("pre") ? [code] : code.querySelectorAll("pre.code"), function (pre) { return pre.textContent; }).join("")).then(function () {
          button.textContent = "Copied";
          setTimeout(function () { button.textContent = "Copy"; }, 1500);
        }, function () { button.textContent = "Not allowed"; });
      });
      if (code.matches(".listing")) return code.append(button);
      var box = document.createElement("div");
      box.className = "copybox";
      code.before(box);
      box.append(code, button);
    });
  }

  // What scrolls can be scrolled with the arrow keys: it has the focus in its turn.
  function reach() {
    if (!window.ResizeObserver) return;
    var observer = new ResizeObserver(function (entries) {
      entries.forEach(function (entry) {
        var box = entry.target;
        if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
        else box.removeAttribute("tabindex");
      });
    });
    document.querySelectorAll("pre, .scroll, div.math").forEach(function (box) { observer.observe(box); });
  }

  // Folded parts that hold the target of a link are opened, and all are opened
  // for printing, which the style sheet can do in some browsers only.
  function unfoldForPrinting() {
    var opened = [];
    addEventListener("beforeprint", function () {
      opened = Array.from(document.querySelectorAll("main details:not([open])"));
      opened.forEach(function (fold) { fold.open = true; });
    });
    addEventListener("afterprint", function () { opened.forEach(function (fold) { fold.open = false; }); });
  }

  function unfold() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var opened = false;
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS" && !node.open) opened = node.open = true;
    }
    if (opened) target.scrollIntoView();
  }

  addEventListener("DOMContentLoaded", function () {
    themeButton();
    copyButtons();
    reach();
    unfoldForPrinting();
    unfold();
    addEventListener("hashchange", unfold);
    addEventListener("click", function (e) { if (e.target.closest("a[href]")) setTimeout(unfold); }); // to the same place again
  });
})();
