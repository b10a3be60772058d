// Shows the archived versions of links beside them (Robust Links). It asks no service. From Ibid; do with it what you like.
document.querySelectorAll("a[data-versionurl]").forEach(function (link) {
  var parts = link.getAttribute("data-versionurl").trim().split(/\s+/), after = link;
  parts.forEach(function (url, i) {
    if (!/^(https?:\/\/|\/)/i.test(url)) return;
    var date = /^\d{4}/.test(parts[i + 1] || "") ? parts[i + 1] : link.getAttribute("data-versiondate") || "";
    var a = document.createElement("a"), mark = document.createElement("small");
    a.href = url;
    a.textContent = "{{archived}} " + date.slice(0, 10);
    mark.append(" [", a, "]");
    after.after(mark);
    after = mark;
  });
});
