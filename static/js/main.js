// Starts each behaviour on the pages that carry its mark. Every page works without it.
import "./focus-errors.js";
import "./menu.js";
import "./offline.js";
import "./relative-time.js";
import "./submit-once.js";

const has = (mark) => document.querySelector(mark);

if (has("[data-draft], [data-draft-clear]")) import("./draft.js");
if (has("[data-live]")) import("./live.js");
if (has("[data-badge-changes]")) import("./badge.js");
if (has("[data-counter]")) import("./counter.js");
if (has("[data-photos]")) import("./photos.js");
if (has("[data-reply-target]")) import("./reply-inline.js");
if (has("[data-visit]")) import("./visit.js");
if (has("[data-desk-keys]")) import("./desk-keys.js");
if (has("[data-desk-keys]")) import("./deadline.js");
