// Says how many others watch this page and how many are writing, and that somebody writes here.
const EVERY = 4000;
const region = document.querySelector("[data-live]");
const watching = region.querySelector("[data-presence]");
const writing = region.querySelector("[data-writing]");
let toldAt = 0;

region.addEventListener("rembuk:hint", ({ detail }) => {
  if (detail.type === "presence") {
    const n = detail.watching || 0;
    watching.hidden = n < 2;
    watching.textContent = watching.dataset.presence.replace("{n}", n);
  } else if (detail.type === "writing") {
    const n = detail.writing || 0;
    const words = n === 1 ? writing.dataset.writingOne : writing.dataset.writingMany;
    writing.querySelector("i").hidden = !n; // the line keeps its room: nothing moves below it
    writing.querySelector("span").textContent = n ? words.replace("{n}", n) : "";
  }
});

region.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form?.dataset.writes || !target.matches("textarea") || !target.value.trim()) return;
  if (Date.now() - toldAt < EVERY || navigator.connection?.saveData) return;
  toldAt = Date.now();
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  fetch(form.dataset.writes, { method: "POST", headers }).catch(() => {});
});
document.addEventListener("rembuk:posted", () => (toldAt = 0));
