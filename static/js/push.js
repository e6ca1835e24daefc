// Lets this browser show news: asks for permission, subscribes, hands the address to the form.
const place = document.querySelector("[data-push]");
const form = place.querySelector("form");
const button = form.querySelector("button");
const say = (name) => {
  for (const text of place.querySelectorAll("[data-push-says]")) text.hidden = text.dataset.pushSays !== name;
};

// iPhones and iPads know Web Push only in a page that was added to the home screen.
const isApple = /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const canPush = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function keyOf(text) {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(bytes, (sign) => sign.charCodeAt(0));
}

const sameKey = (subscription, key) => {
  const old = subscription.options?.applicationServerKey;
  return Boolean(old) && String(new Uint8Array(old)) === String(key);
};

async function subscribe() {
  await navigator.serviceWorker.register(place.dataset.pushWorker, { scope: "/" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const applicationServerKey = keyOf(place.dataset.pushKey);
  const old = await pushManager.getSubscription();
  // A subscription for another key of the forum cannot be spoken to any more.
  if (old && !sameKey(old, applicationServerKey)) await old.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

async function start(event) {
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  say("wait");
  try {
    if ((await Notification.requestPermission()) !== "granted") return say("denied");
    const { endpoint, keys } = (await subscribe()).toJSON();
    Object.entries({ endpoint, ...keys }).forEach(([name, value]) => form.elements[name] && (form.elements[name].value = value));
    form.submit();
  } catch {
    say("failed");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

if (!canPush) say(isApple ? "ios" : "unsupported");
else {
  say(Notification.permission === "denied" ? "denied" : "");
  form.hidden = false;
  form.addEventListener("submit", start);
}
