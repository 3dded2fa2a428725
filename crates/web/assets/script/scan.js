// A reader or scanner types a whole number within a blink and ends it with Enter; a person does not.
const SCAN = { least: 8, between: 35 };
let burst = { text: "", last: 0 };

document.addEventListener("keydown", (event) => {
  const typed = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
  const field = event.target;
  if (typed) {
    const goesOn = event.timeStamp - burst.last < SCAN.between;
    if (!goesOn) burst = { text: "", field, before: field.value };
    burst.text += event.key;
    burst.last = event.timeStamp;
    // What is typed nowhere is meant for the queue's field.
    if (event.key !== " " && !field.matches("input, select, textarea")) $("#find")?.focus();
    return;
  }
  if (event.key !== "Enter") return;
  const { text, before } = burst;
  const began = burst.field === field;
  const fast = text.length >= SCAN.least && event.timeStamp - burst.last < SCAN.between;
  burst = { text: "", last: 0 };
  const source = field.matches("[data-scan]") && field.form.elements.source;
  // Radio buttons where it can be said, a hidden field where it cannot.
  if (source) source.value = fast ? "reader" : "typed";
  // A box is no patient, also where its code was typed nowhere and has gone to the queue's field.
  const elsewhere = field.matches("[data-scan]") ? TRACE.test(text) || BAR.test(text) : !field.matches("input.trace");
  if (fast && elsewhere && scanned(text, field, began ? before : undefined)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// Scanned into another field: it goes where such a code belongs, and is taken out of the field again.
const TRACE = /^8\d{19}$/;
const BAR = /^(\d{8}|\d{12,14})$/;
const BELONGS = [
  [TRACE, () => wanting(), into],
  [/^(\d{17}[\dXx]|[0-9A-Za-z]{21,})$/, () => $("#find"), into],
  [BAR, (text) => proven(text) && freeItem(), order],
];
function scanned(text, field, before) {
  const [, place, put] = BELONGS.find(([shape]) => shape.test(text)) ?? [];
  const to = place?.(text);
  if (!to) return false;
  if (field.value?.includes(text)) {
    // Where it was typed into the middle of words, or over what was selected, they are as they were.
    field.value = before ?? field.value.replace(text, "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  put(to, text);
  return true;
}

function into(field, text) {
  field.value = field.matches(".trace") ? `${field.value} ${text}` : text;
  const source = field.form.elements.source;
  if (source) source.value = "reader";
  field.form.requestSubmit();
}

// The last digit of a bar code proves the others.
const proven = (text) => [...text].reverse().reduce((sum, digit, at) => sum + digit * (at % 2 ? 3 : 1), 0) % 10 === 0;
const freeItem = () => $$("#draft table.lines [role=combobox]").find((one) => one.value === "");

// A box that is scanned while a prescription is written is ordered. One that the lists lack stays in its row as it was
// read, and is refused with it.
function order(item, text) {
  showKind(tabs()[0].dataset.kind);
  item.focus();
  item.value = text;
  item.dispatchEvent(new CustomEvent("scanned"));
}

// Trace codes come in bursts: each code is kept in the field, sent behind the scenes, and the next
// field with a box to scan is ready before the next code comes.
let scans = Promise.resolve();
let scanning = 0;
const codesIn = (input) => input.value.split(/[\s,，]+/).filter(Boolean);
const boxes = () => $$("input.trace[data-boxes]");
const wanting = () => boxes().find((input) => codesIn(input).length < Number(input.dataset.boxes));

onPage.push(() => {
  for (const input of boxes()) {
    input.form.addEventListener("submit", (event) => {
      if (input.form.dataset.whole) return;
      event.preventDefault();
      event.stopPropagation();
      const codes = codesIn(input);
      if (!codes.length) return;
      input.value = `${codes.join(" ")} `;
      const sent = new URLSearchParams(new FormData(input.form));
      scanning += 1;
      scans = scans.then(() => keep(input, sent)).finally(() => (scanning -= 1));
      const next = codes.length < Number(input.dataset.boxes) ? input : wanting();
      next?.focus();
      next?.setSelectionRange(next.value.length, next.value.length);
    });
  }
  // What was refused for want of a reason comes before the boxes.
  ($(".up[open] select") ?? wanting())?.focus();
});

async function keep(input, sent) {
  const asked = fetch(input.form.action, { method: "POST", body: sent, keepalive: true });
  const answer = await asked.catch(() => undefined);
  if (answer?.ok) return input.removeAttribute("aria-invalid");
  // Refused or lost: the whole page says why.
  input.form.dataset.whole = "yes";
  setTimeout(() => input.form.isConnected && input.form.requestSubmit());
}

// Where codes are a part of a larger form, a scanner's Enter ends the code, not the form.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !field.matches("input.trace:not([data-boxes])")) return;
  event.preventDefault();
  field.value = `${codesIn(field).join(" ")} `;
});
