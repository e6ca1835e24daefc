// Says under the masthead that the device has no internet.
const bar = document.querySelector("[data-offline]");
const show = () => bar && (bar.hidden = navigator.onLine);
addEventListener("online", show);
addEventListener("offline", show);
show();
