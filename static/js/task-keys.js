// The list of tasks by keyboard: the arrows go from one task to the next, Enter opens it.
const links = () => [...document.querySelectorAll("[data-task-keys] tbody th a")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  // In a field the arrows are the field's; elsewhere than in the list they scroll once it is left.
  if (event.target.matches?.("input, select, textarea")) return;
  const all = links();
  const here = all.indexOf(document.activeElement);
  const next = all[here + (event.key === "ArrowDown" ? 1 : -1)];
  if (here < 0 && (event.key === "ArrowUp" || document.activeElement !== document.body)) return;
  if (!next) return;
  next.focus();
  event.preventDefault();
});
