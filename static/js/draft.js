// Keeps what is typed on the device until the server has it.
const PREFIX = "rembuk:draft:";
const MONTH = 30 * 24 * 3600 * 1000;
const timers = new Map();
const freshKeys = new WeakMap();

const store = {
  get: (key) => JSON.parse(localStorage.getItem(PREFIX + key)),
  set: (key, draft) => localStorage.setItem(PREFIX + key, JSON.stringify(draft)),
  remove: (key) => localStorage.removeItem(PREFIX + key),
  keys: () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length)),
};

// Private windows and full devices throw: then the form is an ordinary form.
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const isText = (input) => input.matches("textarea, input:not([type=radio], [type=checkbox], [type=hidden])");
const isToggle = (input) => input.matches("[type=radio], [type=checkbox]");
const keeps = (input) =>
  input.name && !input.matches("[type=file], [type=password], [type=submit], button, [name=csrfmiddlewaretoken]") && (input.type !== "hidden" || input.name === "client_key" || "draftKeep" in input.dataset);
const inputsOf = (form) => [...form.elements].filter(keeps);

function show(form, at, failed = false) {
  const place = form.querySelector("[data-draft-state]");
  if (place) {
    const clock = at && new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(at);
    place.textContent = failed ? place.dataset.draftFailed : at ? place.dataset.draftSaved.replace("{t}", clock) : "";
  }
  form.querySelector("[data-draft-discard]")?.toggleAttribute("data-idle", !at);
}

function save(form) {
  const inputs = inputsOf(form);
  if (!inputs.some((input) => isText(input) && input.value.trim())) return forget(form);
  const fields = {};
  for (const input of inputs) {
    if (!isToggle(input)) fields[input.name] = [input.value];
    else if (input.checked) (fields[input.name] ||= []).push(input.value);
  }
  const at = Date.now();
  const saved = attempt(() => (store.set(form.dataset.draft, { at, fields }), true));
  show(form, at, !saved);
}

function forget(form) {
  clearTimeout(timers.get(form.dataset.draft));
  attempt(() => store.remove(form.dataset.draft));
  show(form, null);
}

function restore(form) {
  const key = form.elements.client_key;
  if (key) freshKeys.set(form, key.value);
  const draft = attempt(() => store.get(form.dataset.draft));
  if (!draft) return;
  if (Date.now() - draft.at > MONTH) return forget(form);
  const inputs = inputsOf(form);
  const texts = inputs.filter(isText);
  const answered = form.querySelector("[aria-invalid=true], .notice--bad:not([hidden])");
  if (!texts.some((input) => !input.value && draft.fields[input.name]?.[0])) return;
  for (const input of inputs) {
    const values = draft.fields[input.name];
    // What the server sent back wins, but not over text that was typed after it and then reloaded.
    if (isToggle(input)) input.checked = answered ? input.checked : Boolean(values?.includes(input.value));
    else if (values && (!isText(input) || !input.value)) input.value = values[0];
  }
  show(form, draft.at);
  form.dispatchEvent(new CustomEvent("rembuk:restored", { bubbles: true }));
}

function restoreIn(root) {
  const forms = [...root.querySelectorAll("form[data-draft]")];
  if (root.matches?.("form[data-draft]")) forms.push(root);
  forms.filter((form) => !form.dataset.draftReady).forEach((form) => {
    form.dataset.draftReady = "";
    restore(form);
  });
}

function onEdit({ target }) {
  const form = target.form;
  if (!form?.dataset.draft || !keeps(target)) return;
  clearTimeout(timers.get(form.dataset.draft));
  timers.set(form.dataset.draft, setTimeout(() => save(form), 300));
}

document.querySelectorAll("[data-draft-clear]").forEach(({ dataset }) => {
  attempt(() => (dataset.draftClear === "*" ? store.keys() : [dataset.draftClear]).forEach(store.remove));
});
restoreIn(document);
document.addEventListener("input", onEdit);
document.addEventListener("change", onEdit);
document.addEventListener("htmx:load", ({ target }) => restoreIn(target));
document.addEventListener("rembuk:posted", ({ target }) => {
  const form = target.closest?.("form[data-draft]");
  if (form) forget(form);
});
document.addEventListener("click", ({ target }) => {
  const form = target.closest("[data-draft-discard]")?.closest("form[data-draft]");
  if (!form) return;
  form.reset();
  if (freshKeys.has(form)) form.elements.client_key.value = freshKeys.get(form);
  forget(form);
  inputsOf(form).find(isText)?.focus();
});
// The last words before the page goes, without waiting for the pause in typing.
addEventListener("pagehide", () => document.querySelectorAll("form[data-draft]").forEach((form) => timers.has(form.dataset.draft) && save(form)));
