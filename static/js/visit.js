// For visitors without an account: remembers on this device when they were last here, and offers
// what changed since that day. Nothing is sent until they ask.
const ENDS = 30 * 60_000; // looks less than half an hour apart are one visit
const offer = document.querySelector("[data-visit]");
const key = `kunjungan:${offer.dataset.visit}`;
const now = Date.now();

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(key)) || {};
  } catch {
    return {};
  }
}

const { at, before } = remembered();
const last = at && now - at > ENDS ? at : before;
try {
  localStorage.setItem(key, JSON.stringify({ at: now, before: last }));
} catch {
  // Without room on the device there is nothing to offer next time.
}

// The day as the device's own calendar has it, as the address wants it.
const dayOf = (moment) => new Date(moment - new Date(moment).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

if (last && !new URLSearchParams(location.search).has("sejak_tanggal")) {
  const day = new Date(last).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long" });
  const link = offer.querySelector("a");
  link.search = new URLSearchParams({ sejak_tanggal: dayOf(last) });
  link.querySelector("span").textContent = offer.dataset.visitText.replace("{day}", day);
  offer.hidden = false;
}
