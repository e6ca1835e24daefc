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

const LONGEST = 500;

/** The marked words of a reply, or its beginning, as lines to answer to. */
function linesOf(row) {
  const text = row.querySelector(":scope > .comment__text");
  const marked = getSelection();
  const inside = marked && !marked.isCollapsed && text.contains(marked.anchorNode) && text.contains(marked.focusNode);
  let passage = inside ? marked.toString() : text.innerText;
  if (passage.length > LONGEST) passage = passage.slice(0, LONGEST).replace(/\s\S*$/, "");
  return passage.split("\n").filter((line) => line.trim()).map((line) => `> ${line.trim()}\n`).join("");
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a[data-quote]");
  const form = link && aim(link.dataset.quote, link.dataset.replyName);
  if (!form) return;
  event.preventDefault();
  const area = form.querySelector("textarea");
  const said = area.value.split("\n").filter((line) => !line.startsWith(">")).join("\n").trimStart();
  form.elements.quoted.value = link.dataset.quote;
  area.value = `${linesOf(link.closest(".comment"))}\n${said}`;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  link.closest("details")?.removeAttribute("open");
  area.focus();
  form.scrollIntoView({ block: "nearest" });
});

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
