// Until when a case should be decided: "22 mnt lagi", then "Lewat 24 mnt", with its ring.
const URGENT = 40; // minutes
const unit = (name) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: name, unitDisplay: "short" });
const MINUTE = unit("minute");
const HOUR = unit("hour");
const DAY = unit("day");

function span(minutes) {
  if (minutes < 60) return MINUTE.format(minutes);
  if (minutes < 48 * 60) return `${HOUR.format(Math.floor(minutes / 60))} ${minutes % 60 ? MINUTE.format(minutes % 60) : ""}`.trim();
  return DAY.format(Math.floor(minutes / 1440));
}

function renew(root) {
  for (const deadline of root.querySelectorAll("[data-sla-minutes]")) {
    const { slaDue, slaMinutes, slaLeft, slaLate } = deadline.dataset;
    const words = deadline.querySelector("[data-sla-words]");
    const minutes = (new Date(slaDue) - Date.now()) / 60_000;
    const share = Math.min(1, Math.max(0, minutes / slaMinutes));
    deadline.dataset.sla = minutes <= 0 ? "merah" : minutes < URGENT ? "kuning" : "hijau";
    deadline.querySelector("circle:last-of-type").setAttribute("stroke-dasharray", `${Math.round(share * 100)} 100`);
    deadline.title ||= words.textContent;
    words.textContent = (minutes > 0 ? slaLeft : slaLate).replace("{t}", span(Math.floor(Math.abs(minutes))));
  }
}

renew(document);
setInterval(() => document.hidden || renew(document), 60_000);
document.addEventListener("visibilitychange", () => document.hidden || renew(document));
document.addEventListener("rembuk:inserted", ({ target }) => renew(target));
