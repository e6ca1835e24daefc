// Starts each behaviour on the pages that carry its mark. Every page works without it, so what is
// read is painted first: on a slow line the scripts would only take their share of it.
const has = (mark) => document.querySelector(mark);

async function start() {
  await Promise.all([
    import("./focus-errors.js"),
    import("./menu.js"),
    import("./offline.js"),
    import("./relative-time.js"),
    import("./submit-once.js"),
    has("[data-draft], [data-draft-clear]") && import("./draft.js"),
    has("[data-server-draft]") && import("./server-draft.js"),
    has("[data-live]") && import("./live.js"),
    has("[data-queue]") && import("./queue.js"),
    has("[data-badge-changes]") && import("./badge.js"),
    has("[data-visit]") && import("./visit.js"),
    has("[data-push]") && import("./push.js"),
    has("[data-counter]") && import("./counter.js"),
    has("[data-photos]") && import("./photos.js"),
    has("[data-reply-target]") && import("./reply-inline.js"),
    has("[data-presence]") && import("./presence.js"),
    has("[data-mention]") && import("./mention.js"),
    has("[data-desk-keys]") && import("./desk-keys.js"),
    has("[data-desk-keys]") && import("./deadline.js"),
    has("[data-task-keys]") && import("./task-keys.js"),
  ]);
  // htmx begins at once only in a complete page; in one that is nearly there it would wait for ever.
  if (document.readyState === "complete") addHtmx();
  else addEventListener("load", addHtmx);
}

function addHtmx() {
  const htmx = document.createElement("script");
  htmx.src = document.body.dataset.htmx;
  document.head.append(htmx);
}

// A page in the background is never painted: there it starts at once.
if (document.hidden) start();
else requestAnimationFrame(() => setTimeout(start));
