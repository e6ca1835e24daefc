// Keeps the draft of an official answer on the server while it is written, as its button would.
// Files are left to the button: sent again with every pause they would be kept again and again.
const PAUSE = 8000;

for (const form of document.querySelectorAll("form[data-server-draft]")) {
  const place = form.querySelector("[data-server-draft-state]");
  let timer;
  let ended = false;
  let running = false;
  let changed = false;

  const say = (text) => place && (place.textContent = text);

  async function save() {
    if (ended || !changed || "sending" in form.dataset) return;
    if (running) return later();
    running = true;
    changed = false;
    const fields = new FormData(form);
    fields.delete("files");
    fields.set("aksi", "simpan");
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Autosave": "1" } });
      if (answer.ok) {
        form.elements.draft_version.value = (await answer.json()).draft_version;
        const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
        say(place.dataset.saved.replace("{t}", clock.format(Date.now())));
      } else {
        // 409: a colleague was faster. Only the button asks what to do; 422: a field is not right yet.
        ended = answer.status === 409;
        say(ended ? place.dataset.stale : place.dataset.failed);
      }
    } catch {
      changed = true;
      say(place.dataset.failed);
    } finally {
      running = false;
    }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  form.addEventListener("input", () => {
    changed = true;
    later();
  });
  // A press on a button while a save is on its way would come with an old version: it waits.
  form.addEventListener(
    "submit",
    (event) => {
      clearTimeout(timer);
      ended = true;
      if (!running) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      const wait = setInterval(() => {
        if (running) return;
        clearInterval(wait);
        form.requestSubmit(button);
      }, 100);
    },
    true,
  );
}
