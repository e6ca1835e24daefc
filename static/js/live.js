// Live lists: news waits behind a bar, edits replace in place, nothing being read or typed moves.
import { keepLink, waitFor } from "./link.js";

const EVERY = 10_000; // spoken announcements, at most
const STATES = { connected: "terhubung", polling: "terhubung", connecting: "menyambung", offline: "perangkat", ended: "perangkat" };
const byId = (id) => document.getElementById(id);
const directionOf = (list) => (list.dataset.liveDir === "desc" ? -1 : 1);

function nodeOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function isChanged(input) {
  if (input.type === "checkbox" || input.type === "radio") return input.checked !== input.defaultChecked;
  if (input.options) return input.selectedIndex !== Math.max(0, [...input.options].findIndex((option) => option.defaultSelected));
  return input.value !== input.defaultValue;
}

/** The children of a row that survive its replacement: its own replies and what asks to be kept. */
const keptIn = (node) => [...node.children].filter((child) => child.id === `${node.id}-anak` || "liveKeep" in child.dataset);

/** Whether someone is busy in this node: replacing it now would take away focus or typed text. */
function isHeld(node) {
  const kept = keptIn(node);
  const own = (element) => element !== node && node.contains(element) && !kept.some((child) => child.contains(element));
  return own(document.activeElement) || [...node.querySelectorAll("textarea, select, input:not([type=hidden])")].some((input) => own(input) && isChanged(input));
}

/** Puts the new content around the kept children, which never leave the page. */
function renew(old, next) {
  const kept = keptIn(old);
  const current = old.getAttribute("aria-current"); // the same for all in the fragment, not on this page
  if (current && !next.hasAttribute("aria-current")) next.setAttribute("aria-current", current);
  if (!kept.length) {
    const focused = old === document.activeElement;
    old.replaceWith(next);
    if (focused) focusOn(next);
    return next;
  }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) old.setAttribute(name, value);
  for (const child of [...old.childNodes]) if (!kept.includes(child)) child.remove();
  let last = null;
  for (const child of [...next.childNodes]) {
    const same = child.id && kept.find((each) => each.id === child.id);
    if (!same) old.insertBefore(child, last ? last.nextSibling : old.firstChild);
    last = same || child;
  }
  return old;
}

function focusOn(node) {
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
}

/** Browsers without scroll anchoring would let the page jump when something above changes its height. */
function withoutJump(change) {
  if (CSS.supports("overflow-anchor", "auto")) return change();
  const active = document.activeElement;
  const anchor = active !== document.body ? active : document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - before);
}

function watchRegion(region) {
  const words = (name) => region.dataset[`live${name}`] || "";
  const start = Number(region.dataset.revision);
  const seen = new Map(); // id -> revision already taken
  const news = new Map(); // id -> fragment that waits behind the bar
  const held = new Map(); // id -> fragment that waits until its node is free
  const own = new Set(); // ids that this page posted
  let revision = start;
  let asking = false;
  let askAgain = false;
  let failures = 0;
  let askTimer;
  let stopped = false;

  // ── Taking fragments ──

  const isAnswer = ({ list }) => list.endsWith("-anak");
  /** News that this page has no place for: it is on another one, which the bar leads to. */
  const isElsewhere = (fragment) => (isAnswer(fragment) ? isBeyond(fragment) : region.dataset.liveAtEnd === "false");
  /** A row that belongs below the last one of a list that goes on on its next page. */
  const isBeyond = ({ list: id, order }) => {
    const list = byId(id);
    if (!list?.lastElementChild || !("liveMore" in list.dataset)) return false;
    return (order - Number(list.lastElementChild.dataset.order)) * directionOf(list) > 0;
  };
  const isReachable = (fragment) => (byId(fragment.list) ? placeOf(fragment) !== undefined : news.has(fragment.list.replace(/-anak$/, "")));

  /** The row that the fragment comes before; null at the end; undefined when that end is on a later page. */
  function placeOf({ list, order }) {
    const { children, dataset } = byId(list);
    const direction = dataset.liveDir === "desc" ? -1 : 1;
    const next = [...children].find((row) => row.dataset.order && (Number(row.dataset.order) - order) * direction > 0);
    return next || ("liveMore" in dataset ? undefined : null);
  }

  /** A list whose rows come in at once, without waiting behind the bar. */
  const isImmediate = ({ list }) => "liveNow" in (byId(list)?.dataset ?? {});

  function take(upTo, fragments) {
    for (const fragment of fragments) {
      if (fragment.revision <= (seen.get(fragment.id) ?? start)) continue;
      seen.set(fragment.id, fragment.revision);
      if (byId(fragment.id)) held.set(fragment.id, fragment);
      else if (!fragment.html || !fragment.list || (isBeyond(fragment) && !isAnswer(fragment))) news.delete(fragment.id);
      else news.set(fragment.id, fragment);
    }
    revision = Math.max(revision, upTo);
    release();
    for (const fragment of [...news.values()]) if (isImmediate(fragment)) insert(fragment);
    for (const id of own) {
      if (!news.has(id)) continue;
      if (isElsewhere(news.get(id)) || !isReachable(news.get(id))) sayOwn(id);
      else if (insert(news.get(id))) showOwn(id);
    }
    update();
  }

  const barOf = (id) => document.querySelector(`[data-live-waits="${id}"]`);

  function release(asked) {
    for (const [id, fragment] of held) {
      const old = byId(id);
      if (old && isHeld(old)) continue;
      // What is long and being read waits until it is asked for; what is taken away does not.
      const bar = fragment.html && old && barOf(id);
      if (bar && asked !== id) {
        if (bar.hidden) withoutJump(() => (bar.hidden = false));
        continue;
      }
      held.delete(id);
      if (old) withoutJump(() => (fragment.html ? ready(settle(renew(old, nodeOf(fragment.html)), fragment)) : old.remove()));
    }
  }

  /** In lists whose rows move the renewed node goes to its new place, be it in another list or off the page; focus goes along. */
  function settle(node, fragment) {
    if (!fragment.list || !("liveMoves" in node.parentElement.dataset)) return node;
    const focused = node.contains(document.activeElement) && document.activeElement;
    node.remove();
    if (!byId(fragment.list) || isBeyond(fragment)) return node;
    place(node, fragment);
    if (focused) focused.focus({ preventScroll: true });
    return node;
  }

  function place(node, { list: id, order }) {
    const list = byId(id);
    node.dataset.order = order;
    const isLater = (row) => row.dataset.order && (Number(row.dataset.order) - order) * directionOf(list) > 0;
    list.insertBefore(node, [...list.children].find(isLater) || null);
  }

  function insert(fragment) {
    const list = byId(fragment.list);
    if (!list) return null;
    news.delete(fragment.id);
    const node = nodeOf(fragment.html);
    place(node, fragment);
    node.classList.add("comment--new");
    region.querySelectorAll("[data-live-empty]").forEach((empty) => (empty.hidden = true));
    return ready(node);
  }

  function ready(node) {
    window.htmx?.process(node);
    node.dispatchEvent(new CustomEvent("rembuk:inserted", { bubbles: true }));
    return node;
  }

  function showNews() {
    const shown = [];
    // A reply may wait together with the reply it answers: rounds, until nothing more finds its list.
    for (let before = -1; before !== shown.length; ) {
      before = shown.length;
      for (const fragment of [...news.values()]) {
        const node = isElsewhere(fragment) ? null : insert(fragment);
        if (node) shown.push(node);
      }
    }
    update();
    const first = shown.sort((a, b) => (a.compareDocumentPosition(b) & 4 ? -1 : 1))[0];
    if (!first) return;
    focusOn(first);
    first.scrollIntoView({ block: "center" });
  }

  /** One's own reply that this page has no place for: the form says where it is. */
  function sayOwn(id) {
    own.delete(id);
    news.delete(id);
    const place = region.querySelector("[data-posted-elsewhere]");
    if (!place) return;
    place.hidden = false;
    place.querySelector("a").href = addressOf(id);
  }

  const addressOf = (id) => `${region.dataset.liveReply}${id.replace(/\D/g, "")}#${id}`;

  function showOwn(id) {
    own.delete(id);
    if (document.activeElement === document.body) focusOn(byId(id)); // the composer was swapped away under the focus
    byId(id).scrollIntoView({ block: "nearest" });
  }

  // ── Asking the server ──

  async function catchUp() {
    if (stopped) return null;
    if (asking) {
      askAgain = true;
      return false;
    }
    asking = true;
    clearTimeout(askTimer);
    const before = revision;
    try {
      do {
        askAgain = false;
        while (await askOnce()) if (stopped) return null;
      } while (askAgain && !stopped);
      failures = 0;
      return stopped ? null : revision > before;
    } catch {
      askTimer = setTimeout(catchUp, waitFor(failures++));
      return null;
    } finally {
      asking = false;
    }
  }

  async function askOnce() {
    const url = new URL(region.dataset.live, location.href);
    url.searchParams.set("sejak", revision);
    const impatience = new AbortController();
    const timer = setTimeout(() => impatience.abort(), 20_000);
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual", signal: impatience.signal });
      if (response.status === 410) return stop("Stale");
      if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) return stop("Ended");
      if (!response.ok) throw new Error(response.status);
      const asked = revision;
      const changes = await response.json();
      document.dispatchEvent(new CustomEvent("rembuk:changes", { detail: changes }));
      const { revision: upTo, fragments, more } = changes;
      take(upTo, fragments);
      return more && revision > asked;
    } finally {
      clearTimeout(timer);
    }
  }

  function frame(message, answer) {
    if (message.type === "head") {
      answer({ type: "ack", id: message.id });
      if (message.revision > revision) catchUp();
    } else if (message.type === "push") {
      if (message.revision === revision + 1) take(message.revision, message.fragments);
      else if (message.revision > revision) catchUp();
    } else hint(message);
  }

  /** What is said beside the changes: who else is here. Nothing of it is caught up with. */
  const hint = (detail) => region.dispatchEvent(new CustomEvent("rembuk:hint", { detail }));

  function stop(why) {
    stopped = why;
    endLink?.();
    if (why === "Stale" && "liveReload" in region.dataset) location.reload();
    update();
    return false;
  }

  // ── Saying it ──

  const slot = region.querySelector("[data-live-slot]");
  const button = slot?.querySelector("button.livebar");
  const link = slot?.querySelector("a.livebar");
  const status = region.appendChild(document.createElement("p"));
  status.className = "sr-only";
  status.setAttribute("role", "status");
  let spokenAt = 0;
  let speaking;

  const counted = (name, n) => words(n === 1 ? `${name}One` : `${name}Many`).replace("{n}", n);

  function update() {
    const waiting = [...news.values()];
    const here = waiting.filter((fragment) => !isElsewhere(fragment) && isReachable(fragment)).length;
    const others = waiting.filter(isElsewhere);
    const elsewhere = others.length;
    const answer = elsewhere && others.every(isAnswer) ? others[0] : null;
    if (slot) {
      button.hidden = !here || Boolean(stopped);
      link.hidden = !(stopped || (elsewhere && !here));
      button.lastElementChild.textContent = counted("New", here);
      link.lastElementChild.textContent = stopped ? words(stopped) : counted("New", elsewhere);
      link.href = stopped ? location.href.split("#")[0] : answer ? addressOf(answer.id) : words("Last") || location.pathname;
      slot.toggleAttribute("data-news", !button.hidden || !link.hidden);
    }
    speak(stopped ? words(stopped) : here + elsewhere ? counted("Say", here + elsewhere) : "");
  }

  function speak(text) {
    clearTimeout(speaking);
    if (!text) return (status.textContent = "");
    if (status.textContent === text || region.querySelector("[data-live-pause][aria-pressed=true]")) return;
    speaking = setTimeout(() => {
      spokenAt = Date.now();
      status.textContent = text;
    }, Math.max(0, spokenAt + EVERY - Date.now()));
  }

  let shown = ["connecting", {}];
  function state(name, numbers = {}) {
    if (name === "ended") stopped ||= "Ended";
    if (name === "ended") update();
    shown = [name, numbers];
    if (name !== "connected") ["presence", "writing"].forEach((type) => hint({ type }));
    for (const place of document.querySelectorAll("[data-live-conn]")) {
      place.dataset.conn = STATES[name];
      place.querySelector("[data-live-word]").textContent = words(name[0].toUpperCase() + name.slice(1));
      place.querySelector("[data-live-note]").textContent =
        name === "connecting" && numbers.n ? words("Retry").replace("{n}", numbers.n).replace("{s}", numbers.s) : "";
    }
  }

  // ── Listening ──

  document.addEventListener("click", ({ target }) => {
    const bar = target.closest("[data-live-waits]");
    if (!bar) return;
    const id = bar.dataset.liveWaits;
    release(id);
    withoutJump(() => (bar.hidden = !held.has(id)));
    focusOn(byId(id));
  });
  region.addEventListener("click", ({ target }) => {
    if (button && target.closest("button.livebar") === button) showNews();
    if (link && stopped && target.closest("a.livebar") === link) location.reload();
    const pause = target.closest("[data-live-pause]");
    if (pause) pause.setAttribute("aria-pressed", pause.getAttribute("aria-pressed") !== "true");
  });
  document.addEventListener("focusout", () => setTimeout(release));
  document.addEventListener("htmx:afterSettle", () => {
    state(...shown);
    release();
  });
  document.addEventListener("rembuk:posted", ({ detail }) => {
    if (detail?.id) own.add(detail.id);
    catchUp();
  });

  const endLink = keepLink(region.dataset.socket, { frame, catchUp, state });
}

document.querySelectorAll("[data-live]").forEach(watchRegion);
