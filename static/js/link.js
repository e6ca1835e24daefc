// Keeps one socket open: heartbeat watch, back-off with jitter, polling where sockets are blocked.
const FINAL = [4400, 4401, 4403, 4404, 4413];
const WAITS = [1, 2, 4, 8, 15, 30];
const SILENCE = 45_000; // the server speaks every 20 s
const HANDSHAKE = 15_000;
const BLOCKED = 3; // failures without an opening
const SELDOM = 300;

const jittered = (seconds) => seconds * 1000 * (1 + Math.random() * 0.3);
export const waitFor = (attempt) => jittered(WAITS[Math.min(attempt, WAITS.length - 1)]);

/** frame(message, answer) gets each frame; catchUp() resolves to true (news), false (none) or null (failed);
 *  state(name, {n, s}) says connected, connecting, polling, offline or ended. Returns a function that ends it. */
export function keepLink(path, { frame, catchUp, state }) {
  let socket, watch, retry, countdown, pollTimer;
  let failures = 0;
  let unopened = 0;
  let everOpened = false;
  let polling = false;
  let pollPause = 5;
  let heard = 0;
  let openedAt = 0;
  let over = false;

  // close() on a dead link reports late or never: the socket is detached first and forgotten.
  function drop() {
    [watch, retry].forEach(clearTimeout);
    clearInterval(countdown);
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    socket = null;
  }

  function expect(milliseconds) {
    clearTimeout(watch);
    watch = setTimeout(() => failed(!heard), milliseconds);
  }

  function open() {
    drop();
    if (over) return;
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    heard = 0;
    try {
      socket = new WebSocket(url);
    } catch {
      return failed(true);
    }
    const answer = (message) => socket?.readyState === 1 && socket.send(JSON.stringify(message));
    expect(HANDSHAKE);
    socket.onopen = () => {
      listening();
      openedAt = heard;
      unopened = 0;
      everOpened = true;
      polling = false;
      clearTimeout(pollTimer);
      state("connected");
      if (failures) catchUp(); // something may have happened while the link was down
    };
    socket.onmessage = (event) => {
      listening();
      frame(JSON.parse(event.data), answer);
    };
    socket.onclose = ({ code }) => (FINAL.includes(code) ? end() : failed(!heard));
  }

  function listening() {
    heard = Date.now();
    expect(SILENCE);
  }

  function failed(neverOpened) {
    drop();
    if (neverOpened) unopened += 1;
    if (openedAt && Date.now() - openedAt > 10_000) failures = 0; // it held: begin with a short wait again
    openedAt = 0;
    const blocked = unopened >= BLOCKED;
    const wait = blocked && !everOpened ? jittered(SELDOM) : waitFor(failures);
    failures += 1;
    retry = setTimeout(open, wait);
    if (blocked) return polling || startPolling();
    let left = Math.ceil(wait / 1000);
    const say = () => state(navigator.onLine ? "connecting" : "offline", { n: failures, s: Math.max(left--, 0) });
    say();
    countdown = setInterval(say, 1000);
  }

  function startPolling() {
    polling = true;
    pollPause = 5;
    poll();
  }

  async function poll() {
    clearTimeout(pollTimer);
    if (!document.hidden) {
      const news = await catchUp();
      if (!polling || over) return;
      if (news === null) state(navigator.onLine ? "connecting" : "offline");
      else state("polling");
      if (news) pollPause = 5;
    }
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, jittered(pollPause));
    pollPause = Math.min(pollPause * 1.6, 60);
  }

  function end() {
    over = true;
    polling = false;
    clearTimeout(pollTimer);
    drop();
    state("ended");
  }

  function hurry(fresh) {
    if (over || document.hidden) return;
    if (polling) poll();
    else if (fresh || !socket || (heard && Date.now() - heard > 25_000)) {
      failures = Math.max(failures, 1);
      open();
    }
  }

  addEventListener("online", () => hurry(true));
  addEventListener("offline", () => over || state("offline"));
  document.addEventListener("visibilitychange", () => hurry(false));
  addEventListener("pagehide", drop); // an open socket would keep the page out of the back/forward cache
  addEventListener("pageshow", (event) => event.persisted && hurry(true));
  open();
  return end;
}
