"use strict";
// What pages do beyond what works without scripts: jobs refresh themselves, forms ask before they destroy.
(() => {
  for (const form of document.querySelectorAll("form[data-confirm-en]"))
    form.addEventListener("submit", e => { if (!confirm(form.dataset[document.documentElement.dataset.lang === "zh" ? "confirmZh" : "confirmEn"])) e.preventDefault(); });
  for (const field of document.querySelectorAll("[data-submit]")) if (!field.closest("[data-live]")) field.addEventListener("change", () => field.form.requestSubmit());
  // A form whose answer is the same page again: what changed is put in place, and the focus stays where it was.
  let turn = 0, pressed = null;
  // A field that changes because a button of its form is pressed goes with that button.
  addEventListener("pointerdown", e => { pressed = e.target.closest?.("button"); }, true);
  addEventListener("click", () => { pressed = null; }, true);
  document.addEventListener("change", async e => {
    const live = e.target.closest("[data-live]"), form = e.target.form;
    if (!live || !form || form.parentElement !== live || pressed?.form === form) return;
    // Not form.action: buttons of that name hide it.
    const mine = ++turn;
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById(live.id);
    // A later change has its own answer.
    if (mine !== turn || !fresh || pressed) return;
    const name = document.activeElement?.name, value = document.activeElement?.value;
    live.replaceChildren(...fresh.childNodes);
    history.replaceState(null, "", answer.url);
    if (name) [...live.querySelectorAll("[name]")].find(f => f.name === name && (f.type !== "checkbox" || f.value === value))?.focus();
  });
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
