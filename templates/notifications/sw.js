// Shows news that comes while no page is open. It answers for nothing else: pages, forms and drafts
// go to the server and to the device's own memory as if it were not there.
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  let news = {};
  try {
    news = event.data.json();
  } catch {
    // A browser that is told something must show something.
  }
  const { title = "Rembuk", body = "", tag = "kabar", url = "/kabar/" } = news;
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data?.url ?? "/kabar/", self.location.origin)));
});

async function open(url) {
  if (url.origin !== self.location.origin) return;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((each) => each.url === url.href);
  await (there ? there.focus() : self.clients.openWindow(url.href));
}
