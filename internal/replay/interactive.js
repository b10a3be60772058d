// Has the worker of ReplayWeb.page answer for a page and all that belongs to it, out of this archive, and shows the page. What an
// earlier page may have told the worker is replaced.
"use strict";
(() => {
  const { files, prefix, address } = document.currentScript.dataset;
  const workers = navigator.serviceWorker;
  const say = (text) => { document.querySelector("p").textContent = text; };
  if (!workers) {
    say("This view needs HTTPS, and a browser that lets pages have service workers.");
    return;
  }
  const activated = (worker) => new Promise((done) => {
    if (worker.state === "activated") done(worker);
    worker.addEventListener("statechange", () => { if (worker.state === "activated") done(worker); });
  });
  workers.addEventListener("message", ({ data }) => {
    if (data.msg_type === "collAdded") document.querySelector("iframe").src = address;
  });
  workers.startMessages();
  workers.register(files + "sw.js", { scope: files })
    .then((r) => activated(r.installing || r.waiting || r.active))
    .then((worker) => worker.postMessage({
      msg_type: "addColl", name: "archive", type: "live", file: { sourceUrl: "proxy:" + prefix },
      extraConfig: { prefix, isLive: false, archiveMod: "id_" },
    }))
    .catch((error) => say("This view cannot be shown: " + error));
})();
