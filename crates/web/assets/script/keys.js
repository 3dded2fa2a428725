// Keys: the button or link that shows the key is pressed. F1, F5, F11 and F12 stay the browser's.
document.addEventListener("keydown", (event) => {
  const target = /^F\d+$/.test(event.key) && $(`[data-key="${event.key}"]`);
  if (target && !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    // A trace code that is on its way arrives before another page is asked for.
    if (!event.repeat) scans.then(() => press(event.key));
  }
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
