// The draft: saved while it is typed, never more than two seconds behind, and the fee list worked out anew.
let draft;
// Its save on its way, whether something is typed that no save has taken, and whether another window
// has taken over.
let saving;
let dirty = false;
let halted = false;

const changed = () => {
  if (!draft) return;
  dirty = true;
  // A fee list that is on its way knows nothing of this.
  feesAsked += 1;
  say("unsaved");
  follow();
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

// What did not arrive is sent again without another letter.
const AGAIN = 3000;
let saveSoon;
function autosave(wait = 1200) {
  saveSoon ??= setTimeout(() => {
    saveSoon = undefined;
    if (!draft || !dirty || halted || draft.dataset.sent) return;
    if (saving) return autosave();
    saving = save(draft).finally(() => (saving = undefined));
  }, wait);
}

const draftUrl = () => `/api/visits/${draft.dataset.visit}/draft`;

async function save(form) {
  dirty = false;
  asTyped();
  try {
    const answer = await fetch(draftUrl(), { method: "POST", body: body(), signal: AbortSignal.timeout(10000) });
    const told = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
    if (form !== draft) return;
    if (answer.ok && "version" in told) {
      form.elements.version.value = told.version;
      say(dirty ? "unsaved" : "saved");
    } else {
      // Once another window has saved, this one does not try again by itself.
      halted = Boolean(told.changed) || answer.status === 401;
      dirty = true;
      say("unsaved", told.refused);
      if (answer.status >= 500) autosave(AGAIN);
    }
  } catch {
    if (form !== draft) return;
    dirty = true;
    say("unsaved");
    autosave(AGAIN);
  }
}

// What is typed is saved before another form of the page goes.
function unsaved() {
  if (!draft || !dirty || halted) return saving;
  saving ??= save(draft).finally(() => (saving = undefined));
  return saving;
}

// Who leaves the page loses nothing: what is typed goes ahead of her, or she is asked first where it
// cannot be saved. `pagehide` alone would be too late: by then the next page is made.
function send() {
  if (!draft || !dirty || halted || draft.dataset.sent) return;
  asTyped();
  const last = body();
  // The save that is on its way counts the version up before this one arrives.
  const version = Number(last.get("version")) + (saving ? 1 : 0);
  last.set("version", version);
  if (!navigator.sendBeacon(draftUrl(), last)) return;
  dirty = false;
  draft.elements.version.value = version + 1;
}

// Forms that nothing saves before they are sent: true where nothing is typed in one but in the one that goes. What was
// refused is typed, too.
const typedIn = (field) => {
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  // Where none of a select's is chosen by the page, the first one is.
  if (field.matches("select")) {
    const chosen = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, chosen);
  }
  return field.value !== field.defaultValue;
};
// What the page's problem is not about says that it is fresh.
const refused = (form) => form.dataset.guard !== "fresh" && $("main > .problem");
const kept = (going) => $$("form[data-guard]").every((form) =>
  form === going || !(refused(form) || $$("input, select, textarea", form).some(typedIn)));

// Words that cannot be saved are not left without asking.
const unsaveable = () => draft && dirty && halted && !draft.dataset.sent;
const mayLose = () => confirm(document.body.dataset.wordsLeave);
async function mayLeave() {
  await unsaved();
  return (kept() && !unsaveable()) || mayLose();
}

addEventListener("pagehide", send);
addEventListener("beforeunload", (event) => {
  send();
  if (unsaveable() || (!kept() && !$("form[data-sent]"))) event.preventDefault();
});

onPage.push(() => {
  draft = $("#draft");
  [dirty, halted, saving] = [false, false, undefined];
  if (!draft) return;
  draft.addEventListener("input", changed);
  $("#fee").addEventListener("change", changed);
  draft.addEventListener("keydown", (event) => {
    // A new line in a text is Shift and Enter.
    const own = event.target.matches("textarea") ? event.shiftKey : event.target.matches("button, summary, a");
    if (event.key !== "Enter" || event.isComposing || own) return;
    event.preventDefault();
    next(event.target);
  });
  for (const button of $$(".remove")) button.hidden = false;
  draft.addEventListener("click", (event) => {
    const row = event.target.closest(".remove")?.closest("tr");
    if (!row) return;
    emptied(row);
    changed();
  });
});
