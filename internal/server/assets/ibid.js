// The pages work without this: it lets arrow keys walk the strip of a document, says before it is sent that a file is too
// large, and shows what becomes of sources while they are archived.
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
for (const file of document.querySelectorAll("input[data-max]")) {
  file.addEventListener("change", () => {
    const large = file.files.length > 0 && file.files[0].size > Number(file.dataset.max);
    file.setCustomValidity(large ? file.dataset.problem : "");
    if (large) file.reportValidity();
  });
}
for (const followed of document.querySelectorAll("[data-follow]")) {
  if (!followed.dataset.follow) continue;
  const source = new EventSource(followed.dataset.follow);
  const says = followed.querySelector("[data-says]");
  const bar = followed.querySelector("progress");
  source.addEventListener("progress", (event) => {
    const news = JSON.parse(event.data);
    if (news.reload) {
      source.close();
      location.reload();
      return;
    }
    for (const row of news.rows || []) {
      const badge = document.getElementById(row.id)?.querySelector("[data-outcome]");
      if (!badge) continue;
      badge.className = `badge o-${row.outcome}`;
      badge.children[0].textContent = row.glyph;
      badge.children[1].textContent = row.word;
    }
    if (says.textContent !== news.says) says.textContent = news.says;
    if (bar) {
      bar.max = news.total || 1;
      bar.value = news.done;
    }
    if (!news.over) return;
    source.close();
    if (bar) bar.hidden = true;
    const over = followed.querySelector("[data-over]");
    over.hidden = false;
  });
}
