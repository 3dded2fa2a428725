// Keys: the button or link that shows the key is pressed. F1, F5, F11 and F12 stay the browser's; the others are ours
// on the workstation, also where no button has them now: F3 does not open a search there, nor F7 a caret.
document.addEventListener("keydown", (event) => {
  const chord = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
  if (chord || !/^F([2-46-9]|10)$/.test(event.key)) return;
  const target = $(`[data-key="${event.key}"]`);
  if (target || document.body.matches(".work")) event.preventDefault();
  // A trace code that is on its way arrives before another page is asked for.
  if (target && !event.repeat) scans.then(() => press(event.key));
});

function press(key) {
  const target = $(`[data-key="${key}"]`);
  const field = target?.matches("label") && $("input:not([type=hidden])", target);
  if (field) return field.focus();
  target?.click();
  if (target?.matches("summary")) {
    target.scrollIntoView({ block: target.parentElement.open ? "start" : "nearest" });
    if (target.parentElement.open) $("select, input:not([type=hidden])", target.parentElement)?.focus();
  }
}

// Esc closes what one has opened and stands in.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && !event.isComposing && event.target.closest("details[open]");
  if (!open) return;
  open.open = false;
  $("summary", open).focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
