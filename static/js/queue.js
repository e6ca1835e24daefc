// The queue of a session: a support button stays the reader's own when its question is renewed, the number on it goes on.
document.addEventListener("rembuk:inserted", ({ target }) => {
  const number = target.querySelector(":scope > .support b");
  if (number && target.dataset.supports) number.textContent = target.dataset.supports;
});
