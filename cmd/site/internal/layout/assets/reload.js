// Loads the page again when the book has changed. Only the page in view keeps
// its connection, because a browser opens few of them to one server.
(function () {
  "use strict";
  var version = null, events = null;
  function open() {
    if (events || document.hidden) return;
    events = new EventSource("/events");
    events.onmessage = function (e) {
      if (version !== null && version !== e.data) location.reload();
      version = e.data;
    };
  }
  document.addEventListener("visibilitychange", function () {
    if (document.hidden && events) { events.close(); events = null; }
    open();
  });
  open();
})();
