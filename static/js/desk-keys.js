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
  const inList = document.activeElement === document.body || document.activeElement.closest(".desk__list");
  let done = false;
  if (key === "ArrowDown" || key === "ArrowUp") done = inList && move(key === "ArrowDown" ? 1 : -1);
  else if (key === "?") done = showHelp();
  else if (!event.repeat && /^[tjs/]$/i.test(key)) done = press(key.toLowerCase());
  if (done) event.preventDefault();
});
document.addEventListener("click", ({ target }) => target.closest('[data-key="?"]') && showHelp());
if (toggle) {
  toggle.checked = !localStorage.getItem(OFF);
  toggle.addEventListener("change", () => (toggle.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
}
