// Marks each exercise of a served page with how it stands, and shows what its check said
// last. The server says so anew whenever the reader saves.
(function () {
  "use strict";
  var marks = { unsolved: "○ waits for you", wrong: "✗ not right yet", solved: "✓ solved", broken: "! the check did not run" };
  var sections = Array.from(document.querySelectorAll(".exercise[data-number]"));
  var chapters = Array.from(new Set(sections.map(function (s) { return s.dataset.chapter; })));
  if (chapters.length !== 1) return; // the page with all chapters would check them all
  var events = null;

  var count = document.createElement("p");
  count.className = "count";
  sections[0].before(count);
  sections.forEach(function (section) {
    var bar = document.createElement("p"), mark = document.createElement("span"), button = document.createElement("button"), said = document.createElement("pre");
    bar.className = "mark";
    mark.setAttribute("role", "status");
    button.type = "button";
    button.textContent = "Check";
    button.addEventListener("click", function () { close(); open(); });
    said.className = "said";
    said.hidden = true;
    bar.append(mark, " ", button);
    section.querySelector(".how").before(bar, said);
  });

  function show(results) {
    results.forEach(function (r) {
      var section = sections.find(function (s) { return s.dataset.number === r.number; });
      if (!section) return;
      section.dataset.state = r.state;
      section.querySelector(".mark span").textContent = marks[r.state];
      var said = section.querySelector(".said");
      said.textContent = r.output || "";
      said.hidden = r.state === "unsolved" || !r.output;
    });
    var solved = sections.filter(function (s) { return s.dataset.state === "solved"; }).length;
    count.textContent = solved + " of " + sections.length + " solved";
  }

  function open() {
    if (events || document.hidden) return;
    sections.forEach(function (s) { s.querySelector(".mark span").textContent = "… is being checked"; });
    events = new EventSource("/exercises/" + chapters[0]);
    events.onmessage = function (e) { show(JSON.parse(e.data)); };
  }
  function close() { if (events) events.close(); events = null; }
  document.addEventListener("visibilitychange", function () { if (document.hidden) close(); else open(); });
  open();
})();
