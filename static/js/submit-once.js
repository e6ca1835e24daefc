// One press, one post: a second press while the first is on its way does nothing, but never for ever.
const PATIENCE = 12_000;
const buttonsOf = (form) => [...form.elements].filter((element) => element.matches("button:not([type=button]), [type=submit]"));

function lock(form) {
  form.dataset.sending = "";
  buttonsOf(form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  // Typing on while the answer is on its way would be lost when the fresh form comes.
  form.querySelectorAll("textarea:not([readonly])").forEach((area) => {
    area.readOnly = true;
    area.dataset.paused = "";
  });
}

function unlock(form) {
  delete form.dataset.sending;
  buttonsOf(form).forEach((button) => button.removeAttribute("aria-disabled"));
  form.querySelectorAll("textarea[data-paused]").forEach((area) => (area.readOnly = false));
}

function say(form, failed) {
  const notice = form.querySelector?.("[data-send-error]");
  if (notice) notice.hidden = !failed;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "submitMany" in form.dataset) return;
  if ("sending" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  say(form, false);
  setTimeout(() => !event.defaultPrevented || form.matches(":is([hx-post], [data-hx-post])") ? lock(form) : null);
  setTimeout(() => unlock(form), PATIENCE);
}, true);
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(unlock));
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt.closest("form");
  if (!form) return;
  unlock(form);
  say(form, !detail.successful && ![422, 429].includes(detail.xhr.status));
});
