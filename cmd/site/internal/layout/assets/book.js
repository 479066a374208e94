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
    document.querySelectorAll("pre.code").forEach(function (pre) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(pre.textContent).then(function () {
          button.textContent = "Copied";
          setTimeout(function () { button.textContent = "Copy"; }, 1500);
        }, function () { button.textContent = "Not allowed"; });
      });
      var box = document.createElement("div");
      box.className = "copybox";
      pre.parentNode.insertBefore(box, pre);
      box.append(pre, button);
    });
  }

  // Folded parts that hold the target of a link are opened, and all are opened
  // for printing.
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
    unfold();
    addEventListener("hashchange", unfold);
    addEventListener("click", function (e) { if (e.target.closest("a[href]")) setTimeout(unfold); }); // to the same place again
  });
})();
