// Keeps the number of unseen notices right on every open page, on every device of the person.
import { keepLink } from "./link.js";

const { badgeChanges, badgeSocket, badgeRevision } = document.body.dataset;
let revision = Number(badgeRevision);

function show(unseen) {
  for (const badge of document.querySelectorAll("[data-badge]")) {
    badge.hidden = !unseen;
    badge.querySelector("[data-badge-number]").textContent = unseen > 99 ? "99+" : unseen;
  }
}

/** Asks for the number of now. With the list's newest revision as `seen` no line of it is sent along. */
async function ask(seen) {
  try {
    const url = new URL(badgeChanges, location.href);
    url.searchParams.set("sejak", seen);
    const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual" });
    if (!response.ok && response.status !== 410) return null;
    const before = revision;
    const { revision: upTo, unseen } = await response.json();
    revision = Math.max(revision, upTo);
    show(unseen);
    return revision > before;
  } catch {
    return null;
  }
}

// The page of the list listens already and passes on what it hears.
document.addEventListener("rembuk:changes", ({ detail }) => "unseen" in detail && show(detail.unseen));
if (!document.querySelector(`[data-live="${badgeChanges}"]`)) {
  const frame = (message, answer) => {
    answer({ type: "ack", id: message.id });
    if (message.revision > revision) ask(message.revision);
  };
  keepLink(badgeSocket, { frame, catchUp: () => ask(revision), state() {} });
}
