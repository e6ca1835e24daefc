// "28 dari 100 huruf" under a field, as it is typed.
function count(place) {
  const input = document.getElementById(place.dataset.counter);
  if (input) place.textContent = place.dataset.counterText.replace("{n}", [...input.value].length);
}
const countAll = () => document.querySelectorAll("[data-counter]").forEach(count);

document.addEventListener("input", ({ target }) => {
  if (target.id) document.querySelectorAll(`[data-counter="${CSS.escape(target.id)}"]`).forEach(count);
});
["htmx:load", "rembuk:restored", "reset"].forEach((name) => document.addEventListener(name, () => setTimeout(countAll)));
countAll();
