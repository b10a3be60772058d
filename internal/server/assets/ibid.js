// The pages work without this: it lets arrow keys walk the strip of a document, and buttons copy citations.
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
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch { // not over plain HTTP: what is selected can be copied everywhere
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    button.firstChild.textContent = button.dataset.done;
    button.setAttribute("aria-live", "polite");
  });
}
