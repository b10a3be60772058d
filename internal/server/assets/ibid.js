// The pages work without this: it only lets arrow keys walk the strip of a document.
"use strict";
for (const strip of document.querySelectorAll("[data-walk]")) {
  strip.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const marks = [...strip.querySelectorAll("a")];
    const next = marks[marks.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    const reference = document.getElementById(next.hash.slice(1));
    if (reference) reference.scrollIntoView({ block: "nearest" });
  });
}
