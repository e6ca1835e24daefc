// The moderation desk by keyboard. Single letters can be switched off in the list of shortcuts.
const OFF = "rembuk:desk-keys-off";
const help = document.querySelector("[data-desk-help]");
const toggle = help?.querySelector("[data-desk-keys-on]");
const isVisible = (element) => element.getClientRects().length > 0;
const isTyping = ({ target }) => target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

function press(key) {
  const element = [...document.querySelectorAll(`[data-key="${key}"]`)].find(isVisible);
  if (!element) return false;
  if (element.matches("input, textarea")) element.focus();
  else element.click();
  return true;
}

function move(step) {
  const links = [...document.querySelectorAll(".ticket a")].filter(isVisible);
  const current = links.findIndex((link) => link === document.activeElement);
  const open = links.findIndex((link) => link.closest(".ticket").hasAttribute("aria-current"));
  const from = current >= 0 ? current : open;
  const next = links[from < 0 ? (step > 0 ? 0 : links.length - 1) : from + step];
  next?.focus();
  return Boolean(next);
}

/** Ticks the case that has the focus, or else the one that is open. */
function pick() {
  const ticket = document.activeElement.closest(".ticket") || document.querySelector(".ticket[aria-current]");
  const box = ticket?.querySelector("[name=perkara]");
  box?.click();
  return Boolean(box);
}

function countPicked() {
  const words = document.querySelector("[data-picked]");
  const n = document.querySelectorAll("[name=perkara]:checked").length;
  if (words) words.textContent = n ? words.dataset.pickedWords.replace("{n}", n) : "";
}

/** A colleague holds the case: the decisions say so, and a press leads to why. */
function heed(hold) {
  const isHeld = hold.dataset.hold === "other";
  for (const button of document.querySelectorAll("[data-decide] button")) {
    if (isHeld) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

function showHelp() {
  if (!help?.showModal || help.open) return false;
  help.showModal();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help?.open) return;
  const { key } = event;
  if (key === "Escape" && !event.defaultPrevented) return press("escape");
  if (isTyping(event) || localStorage.getItem(OFF)) return;
  const has = document.activeElement;
  const inList = has === document.body || has.closest(".desk__list");
  const step = { ArrowDown: 1, ArrowUp: -1, ...(has.closest(".desk__list") && { j: 1, k: -1 }) }[key];
  let done = false;
  // In the list J and K move, in the pane J answers; arrows stay with radio buttons and scrolling.
  if (step) done = inList && move(step);
  else if (key === "?") done = showHelp();
  else if (key === "x" && !event.repeat) done = pick();
  else if (!event.repeat && /^[tjgsu/]$/i.test(key)) done = press(key.toLowerCase());
  if (done) event.preventDefault();
});
document.addEventListener("click", ({ target }) => target.closest('[data-key="?"]') && showHelp());
if (toggle) {
  toggle.checked = !localStorage.getItem(OFF);
  toggle.addEventListener("change", () => (toggle.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
}
document.addEventListener("change", ({ target }) => target.name === "perkara" && countPicked());
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-pick-all]")) return;
  event.preventDefault();
  for (const box of document.querySelectorAll("[name=perkara]")) box.checked = true;
  countPicked();
});
document.addEventListener("rembuk:inserted", ({ target }) => {
  if (target.dataset.hold) heed(target);
  countPicked();
});
document.addEventListener("submit", (event) => {
  const hold = document.querySelector("[data-hold=other]");
  if (!hold || !event.target.matches("[data-decide]")) return;
  event.preventDefault();
  hold.tabIndex = -1;
  hold.focus();
}, true);
// The open case is in sight in its list; keys that moved there find their way on from it.
document.querySelector(".ticket[aria-current]")?.scrollIntoView({ block: "nearest" });
