// What pages gain with a script: keys on the buttons, search as one types, a fee list that follows,
// autosave. Everything works without it.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const later = (wait, work) => {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
};

// Keys: the button or link that shows the key is pressed. F5 and F12 stay the browser's.
document.addEventListener("keydown", (event) => {
  const target = /^F\d+$/.test(event.key) && $(`[data-key="${event.key}"]`);
  if (target && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    // A trace code that is on its way arrives before another page is asked for.
    if (!event.repeat) scans.then(() => press(target));
  }
});

function press(target) {
  target.click();
  if (target.matches("summary")) target.scrollIntoView({ block: target.parentElement.open ? "start" : "nearest" });
}

// A page that waits for the insurance centre looks again by itself; without a script a refresh does.
const waiting = $("[data-refresh]");
if (waiting) setTimeout(() => location.replace(waiting.dataset.url), Number(waiting.dataset.refresh) * 1000);

$("[data-print]")?.addEventListener("click", () => print());

// The draft's save on its way, whether something is typed that no save has taken, and whether another
// window has taken over.
let saving;
let dirty = false;
let halted = false;
// Trace codes on their way.
let scans = Promise.resolve();
let scanning = 0;

// A second click on a form that is on its way does nothing; the server holds the same.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const before = form.id === "draft" ? saving : scanning ? scans : unsaved();
  if (before) {
    // What is typed, or a trace code, is on its way: the form goes when it is there.
    event.preventDefault();
    const { submitter } = event;
    before.then(() => form.requestSubmit(submitter));
    return;
  }
  const asked = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (form.dataset.sent || (asked && !confirm(asked))) {
    event.preventDefault();
    return;
  }
  if (event.submitter && "preview" in event.submitter.dataset) {
    event.preventDefault();
    refresh();
    return;
  }
  form.dataset.sent = "yes";
  if (form.id === "draft") renumber();
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", (event) => {
  // A page the browser had kept shows what was true then.
  if (event.persisted && draft) location.reload();
  $$("form[data-sent]").forEach((form) => delete form.dataset.sent);
  $$("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

// A file is read into the field beside it, where it can be looked at before it is sent.
for (const place of $$("[data-fills]")) {
  const [picker, said] = [$("input", place), $("[role=alert]", place)];
  place.hidden = false;
  picker.addEventListener("change", async () => {
    const [file] = picker.files;
    if (!file) return;
    try {
      if (file.size > Number(place.dataset.most)) throw new RangeError();
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      picker.form.elements[place.dataset.fills].value = text;
      said.hidden = true;
    } catch {
      said.textContent = place.dataset.words;
      said.hidden = false;
    }
    picker.value = "";
  });
}

// A reader or scanner types a whole number within a blink; a person does not.
const scan = $("[data-scan]");
if (scan) {
  let first = 0;
  scan.addEventListener("keydown", (event) => {
    if (scan.value === "") first = event.timeStamp;
    const fast = scan.value.length > 5 && (event.timeStamp - first) / scan.value.length < 30;
    const source = $(`input[name=source][value=${fast ? "reader" : "typed"}]`);
    if (event.key === "Enter" && source) source.checked = true;
  });
}

// Search as one types. The field with the code is hidden behind one that shows the name.
const lists = [];
function enhance(code) {
  const shown = document.createElement("input");
  shown.value = code.dataset.name || code.value;
  shown.autocomplete = "off";
  for (const name of ["aria-label", "aria-invalid"]) {
    if (code.hasAttribute(name)) shown.setAttribute(name, code.getAttribute(name));
  }
  shown.setAttribute("role", "combobox");
  shown.setAttribute("aria-expanded", "false");
  shown.setAttribute("aria-autocomplete", "list");
  shown.setAttribute("aria-controls", "picks");
  code.closest("td")?.classList.add("enhanced");
  code.type = "hidden";
  code.after(shown);
  const list = new Picker(code, shown);
  lists.push(list);
}

class Picker {
  constructor(code, shown) {
    Object.assign(this, { code, shown, hits: [], at: 0, asked: 0 });
    this.search = later(120, () => this.ask());
    shown.addEventListener("input", () => {
      code.value = "";
      this.search();
    });
    shown.addEventListener("keydown", (event) => this.key(event));
    shown.addEventListener("blur", () => {
      this.close();
      // Words that were not picked stay visible and are sent as typed, so that they are refused.
      if (!code.value) code.value = shown.value.trim();
    });
  }

  async ask() {
    const query = this.shown.value.trim();
    const asked = ++this.asked;
    if (!query) return this.close();
    const answer = await fetch(`/api/search/${this.code.dataset.search}?q=${encodeURIComponent(query)}`);
    if (asked !== this.asked || !answer.ok) return;
    this.hits = await answer.json();
    this.at = 0;
    this.draw();
  }

  draw() {
    this.box?.remove();
    this.box = undefined;
    this.shown.setAttribute("aria-expanded", String(this.hits.length > 0));
    if (!this.hits.length || document.activeElement !== this.shown) return;
    this.box = document.createElement("ul");
    this.box.className = "pick";
    this.box.id = "picks";
    this.box.setAttribute("role", "listbox");
    this.box.setAttribute("aria-label", this.shown.getAttribute("aria-label") ?? "");
    this.hits.forEach((hit, place) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(place === this.at));
      const parts = [
        ["", String(place + 1)], ["cls", hit.class], ["", hit.name], ["grow", hit.spec ?? hit.code],
        ["", hit.price ? `${hit.price}/${hit.unit}` : ""],
      ];
      for (const [name, text] of parts) {
        if (!text) continue;
        const part = document.createElement("span");
        part.className = name;
        part.textContent = text;
        item.append(part);
      }
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.choose(place);
      });
      this.box.append(item);
    });
    ($("main") ?? document.body).append(this.box);
    const place = this.shown.getBoundingClientRect();
    const below = place.bottom + this.box.offsetHeight < innerHeight;
    const top = below ? place.bottom : Math.max(0, place.top - this.box.offsetHeight);
    this.box.style.left = `${Math.min(place.left, innerWidth - this.box.offsetWidth - 8)}px`;
    this.box.style.top = `${top}px`;
  }

  close() {
    this.asked++;
    this.hits = [];
    this.draw();
  }

  key(event) {
    const open = this.hits.length > 0;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) {
      this.at = (this.at + step + this.hits.length) % this.hits.length;
      this.draw();
    } else if (open && event.key === "Enter") {
      this.choose(this.at);
    } else if (open && /^[1-9]$/.test(event.key) && event.key <= String(this.hits.length)) {
      this.choose(Number(event.key) - 1);
    } else if (open && event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  choose(place) {
    const hit = this.hits[place];
    this.code.value = hit.code;
    this.shown.value = hit.name;
    this.shown.removeAttribute("aria-invalid");
    this.close();
    fill(this.code.closest("tr"), hit);
    freeRow(this.code.closest("table"));
    next(this.shown);
    changed();
  }
}

// A picked drug brings its usual order; what was typed already stays.
function fill(row, hit) {
  if (!row || !("price" in hit)) return;
  for (const field of ["dose", "route", "frequency", "days"]) {
    const input = $(`[name$=".${field}"]`, row);
    if (!input || (input.value && input.value !== input.dataset.usual)) continue;
    input.value = hit[field];
    input.dataset.usual = hit[field];
  }
  const say = (selector, text) => {
    const place = $(selector, row);
    if (place) place.textContent = text;
  };
  say(".dose-unit", hit.doseUnit);
  say(".unit-name", hit.unit);
  say(".spec", `${hit.class} ${hit.spec} ${hit.price}/${hit.unit}`);
  row.classList.toggle("service", !hit.route);
}

// Enter accepts a cell and goes to the next; a filled last row brings a new one.
const cells = (root) => $$("input:not([type=hidden]), select, textarea", root).filter((e) => e.offsetParent);
function next(from) {
  const all = cells($("#draft") ?? document);
  const place = all.indexOf(from);
  all[place + 1]?.focus();
  all[place + 1]?.select?.();
}

function freeRow(table) {
  const rows = table ? $$("tbody tr", table).filter((row) => $("[data-search]", row)) : [];
  const last = rows.at(-1);
  if (!last || !$("[data-search]", last).value || rows.length >= 60) return;
  const row = last.cloneNode(true);
  row.classList.remove("service");
  for (const input of $$("input, select", row)) {
    if (!input.name) input.remove();
    input.value = "";
    input.removeAttribute("aria-invalid");
    delete input.dataset.usual;
  }
  $$(".picked, .spec, .dose-unit, .unit-name", row).forEach((e) => (e.textContent = ""));
  const code = $("[data-search]", row);
  code.type = "text";
  code.dataset.name = "";
  last.after(row);
  enhance(code);
  renumber();
}

// Rows are numbered without gaps, so that the server's words meet the right row.
function renumber() {
  for (const table of $$("table[data-grid]")) {
    const rows = $$("tbody tr", table).filter((row) => $("[data-search]", row));
    const filled = (row) => $$("[name]", row).some((input) => input.value !== "");
    const order = [...rows.filter(filled), ...rows.filter((row) => !filled(row))];
    order.forEach((row, place) => {
      for (const input of $$("[name]", row)) {
        input.name = input.name.replace(/^(\w+)\.\d+/, `$1.${place}`);
      }
    });
  }
}

// The draft: saved a moment after typing stops, and the fee list worked out anew.
const draft = $("#draft");
const changed = () => {
  if (!draft) return;
  dirty = true;
  say("unsaved");
  autosave();
  refreshSoon();
};

function say(what, words) {
  const saved = $("#saved");
  if (saved) saved.textContent = words ?? saved.dataset[what] ?? "";
}

const body = () => {
  renumber();
  return new URLSearchParams(new FormData(draft));
};

const autosave = later(1200, () => {
  if (halted || draft.dataset.sent) return;
  if (saving) return autosave();
  saving = save().finally(() => (saving = undefined));
});

const draftUrl = () => `/api/visits/${draft.dataset.visit}/draft`;

async function save() {
  dirty = false;
  try {
    const answer = await fetch(draftUrl(), { method: "POST", body: body(), signal: AbortSignal.timeout(10000) });
    const told = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
    if (answer.ok && "version" in told) {
      draft.elements.version.value = told.version;
      say("saved");
    } else {
      // Once another window has saved, this one does not try again by itself.
      halted = Boolean(told.changed) || answer.status === 401;
      dirty = true;
      say("unsaved", told.refused);
    }
  } catch {
    dirty = true;
    say("unsaved");
  }
}

// What is typed is saved before another form of the page goes.
function unsaved() {
  if (!draft || !dirty || halted) return saving;
  saving ??= save().finally(() => (saving = undefined));
  return saving;
}

// Who leaves the page loses nothing: what is typed goes ahead of her, or she is asked first where it
// cannot be saved. `pagehide` alone would be too late: by then the next page is made.
function send() {
  if (!draft || !dirty || halted || draft.dataset.sent) return;
  const last = body();
  // The save that is on its way counts the version up before this one arrives.
  const version = Number(last.get("version")) + (saving ? 1 : 0);
  last.set("version", version);
  if (!navigator.sendBeacon(draftUrl(), last)) return;
  dirty = false;
  draft.elements.version.value = version + 1;
}
addEventListener("pagehide", send);
addEventListener("beforeunload", (event) => {
  send();
  if (draft && dirty && halted && !draft.dataset.sent) event.preventDefault();
});

let asked = 0;
async function refresh() {
  const fee = $("#fee");
  if (!draft || !fee) return;
  const mine = ++asked;
  const url = `/visits/${draft.dataset.visit}/preview`;
  const answer = await fetch(url, { method: "POST", body: body(), headers: { "x-fragment": "1" } });
  const busy = fee.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox])");
  if (mine !== asked || !answer.ok || busy) return;
  // What was opened stays open, and who stands on it stays there.
  const kept = (details) => $(`[data-keep="${details.dataset.keep}"]`, fee);
  const open = $$("details[open][data-keep]", fee);
  const at = fee.contains(document.activeElement) && document.activeElement.closest("[data-keep]");
  fee.innerHTML = await answer.text();
  open.forEach((details) => kept(details)?.setAttribute("open", ""));
  if (at) $("summary", kept(at) ?? fee)?.focus();
  mark();
}
const refreshSoon = later(350, () => refresh().catch(() => {}));

// The server's words meet the fields they are about.
function mark() {
  $$("#draft [aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
  $$("#draft .msg, #draft p.problem").forEach((message) => message.remove());
  $$("#draft .finding-on").forEach((row) => row.classList.remove("finding-on"));
  for (const problem of $$("#fee [data-for]")) {
    const input = draft.elements[problem.dataset.for];
    const seen = input?.type === "hidden" ? input.nextElementSibling : input;
    seen?.setAttribute("aria-invalid", "true");
  }
  for (const finding of $$("#fee [data-line]")) {
    draft.elements[`lines.${finding.dataset.line}.code`]?.closest("tr")?.classList.add("finding-on");
  }
}

$$("[data-search]").forEach(enhance);

// Trace codes come in bursts: each code is kept in the field, sent behind the scenes, and the next
// field with a box to scan is ready before the next code comes.
const traces = $$("input.trace[data-boxes]");
const scanned = (input) => input.value.split(/[\s,，]+/).filter(Boolean);
const wanting = () => traces.find((input) => scanned(input).length < Number(input.dataset.boxes));
for (const input of traces) {
  input.form.addEventListener("submit", (event) => {
    if (input.form.dataset.whole) return;
    event.preventDefault();
    event.stopPropagation();
    const codes = scanned(input);
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
async function keep(input, sent) {
  const asked = fetch(input.form.action, { method: "POST", body: sent, keepalive: true });
  const answer = await asked.catch(() => undefined);
  if (answer?.ok) return input.removeAttribute("aria-invalid");
  // Refused or lost: the whole page says why.
  input.form.dataset.whole = "yes";
  setTimeout(() => input.form.requestSubmit());
}
wanting()?.focus();
// Where codes are a part of a larger form, a scanner's Enter ends the code, not the form.
for (const input of $$("input.trace:not([data-boxes])")) {
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    input.value = `${scanned(input).join(" ")} `;
  });
}
if (draft) {
  draft.addEventListener("input", changed);
  $("#fee").addEventListener("change", changed);
  draft.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.matches("textarea, button")) return;
    event.preventDefault();
    next(event.target);
  });
  for (const button of $$(".remove")) button.hidden = false;
  if (!cells(draft).some((cell) => cell.matches("input, textarea") && cell.value)) draft.elements.complaint.focus();
  draft.addEventListener("click", (event) => {
    const row = event.target.closest(".remove")?.closest("tr");
    if (!row) return;
    $$("input, select", row).forEach((input) => (input.value = ""));
    row.classList.remove("service");
    $$(".picked, .spec, .dose-unit, .unit-name", row).forEach((e) => (e.textContent = ""));
    changed();
  });
}
