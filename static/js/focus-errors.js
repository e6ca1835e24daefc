// After a failed submit the summary of what to mend gets the focus.
const focusIn = (root) => root.querySelector(".notice--bad[role=alert][tabindex='-1']")?.focus();

focusIn(document);
document.addEventListener("htmx:afterSettle", ({ detail, target }) => {
  if ([422, 429].includes(detail.xhr?.status)) focusIn(target);
});
