"use strict";
// What pages do beyond what works without scripts: jobs refresh themselves, forms ask before they destroy.
(() => {
  for (const form of document.querySelectorAll("form[data-confirm-en]"))
    form.addEventListener("submit", e => { if (!confirm(form.dataset[document.documentElement.dataset.lang === "zh" ? "confirmZh" : "confirmEn"])) e.preventDefault(); });
  for (const select of document.querySelectorAll("select[data-submit]")) select.addEventListener("change", () => select.form.requestSubmit());
  // A part of the page that changes by itself: fetched again while it says so.
  const again = async part => {
    try {
      const answer = await fetch(location.href, { headers: { "X-Part": part.id } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (!fresh) return;
      part.replaceWith(fresh);
      if (fresh.dataset.refresh) setTimeout(() => again(fresh), 1000 * fresh.dataset.refresh);
      else if (part.dataset.then) location.href = part.dataset.then;
    } catch { setTimeout(() => again(part), 5000); }
  };
  for (const part of document.querySelectorAll("[data-refresh]")) setTimeout(() => again(part), 1000 * part.dataset.refresh);
})();
