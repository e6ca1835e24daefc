// "Balas" points the composer at that reply without a page load.
const target = () => document.querySelector("[data-reply-target]");

function aim(id, name) {
  const place = target();
  const form = place?.closest("form");
  if (!form) return null;
  form.elements.parent.value = id;
  place.hidden = !id;
  // Only a reply to the aspirasi itself carries a stance.
  const stance = form.querySelector("[data-stance]");
  if (stance) stance.hidden = stance.disabled = Boolean(id);
  place.querySelector("[data-reply-name]").textContent = place.dataset.replyText.replace("{name}", name);
  return form;
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a[data-reply-to], a[data-reply-cancel]");
  const form = link && aim(link.dataset.replyTo || "", link.dataset.replyName || "");
  if (!form) return;
  event.preventDefault();
  form.querySelector("textarea").focus();
  form.scrollIntoView({ block: "nearest" });
});
/** A restored draft may still answer somebody: name them again, or answer nobody. */
function recall() {
  const id = target()?.hidden && target().closest("form").elements.parent.value;
  if (!id) return;
  const link = document.querySelector(`a[data-reply-to="${CSS.escape(id)}"]`);
  aim(link ? id : "", link?.dataset.replyName || "");
}

document.addEventListener("rembuk:restored", recall);
recall();
