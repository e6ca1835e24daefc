// "3 jam lalu" instead of a date, for a week; the full time stays as the title.
const STEPS = [[60, "minute", 60], [24, "hour", 3600], [7, "day", 86400]];
const language = document.documentElement.lang;
const counted = new Intl.RelativeTimeFormat(language);
const named = new Intl.RelativeTimeFormat(language, { numeric: "auto" }); // "kemarin", "sekarang"

function ago(seconds) {
  if (seconds < 60) return named.format(0, "second");
  const [, unit, size] = STEPS.find(([limit, , size]) => seconds / size < limit);
  const n = Math.floor(seconds / size);
  return (unit === "day" && n === 1 ? named : counted).format(-n, unit).replace(" yang lalu", " lalu");
}

/** Until something begins, as the server says it: "dalam 2 jam". */
function until(seconds) {
  const minutes = Math.max(1, Math.floor(seconds / 60));
  if (minutes < 60) return counted.format(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? counted.format(hours, "hour") : counted.format(Math.floor(hours / 24), "day");
}

function renew(root) {
  for (const time of root.querySelectorAll("time[data-until]")) {
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    if (seconds > 0) time.textContent = until(seconds);
  }
  for (const time of root.querySelectorAll("time[data-relative]")) {
    const seconds = (Date.now() - new Date(time.dateTime)) / 1000;
    if (!time.title) time.title = time.textContent;
    time.textContent = seconds > -60 && seconds < 7 * 86400 ? ago(seconds) : time.title;
  }
}

renew(document);
setInterval(() => document.hidden || renew(document), 60_000);
document.addEventListener("visibilitychange", () => document.hidden || renew(document));
document.addEventListener("rembuk:inserted", ({ target }) => renew(target));
document.addEventListener("htmx:load", ({ target }) => renew(target));
