// One prescription is looked at a time. A line stands on that of its route, a row without one on each, and what is
// picked or given another route is followed to its own.

let shownKind = "";
let shownVisit = "";
const tabs = () => $$("[role=tab]");
const lineRows = () => $$("table.lines tbody tr");

function kindOf(row) {
  if (row.classList.contains("service")) return "service";
  if (row.classList.contains("piece")) return tabs().some(isDecoction) ? "decoction" : tabs()[0].dataset.kind;
  const [route] = $('[name$=".route"]', row).selectedOptions;
  return route?.value ? (route.dataset.kind ?? tabs()[0].dataset.kind) : "";
}

const isDecoction = (tab) => tab.dataset.kind === "decoction";

function showKind(kind) {
  shownKind = kind;
  $("#lines").dataset.shown = kind;
  const once = $(".decoction");
  if (once) once.hidden = kind !== "decoction";
  const many = {};
  let of = "";
  for (const row of lineRows()) {
    // What is said of a row stands below it.
    if (row.matches("[data-row]")) {
      of = kindOf(row);
      many[of] = (many[of] ?? 0) + 1;
    }
    row.hidden = of !== "" && of !== kind;
  }
  for (const tab of tabs()) {
    const here = tab.dataset.kind === kind;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
    $(".count", tab).textContent = many[tab.dataset.kind] ?? "";
    if (here) $("#lines").setAttribute("aria-labelledby", tab.id);
  }
}

// To the prescription of the row one is in.
function follow() {
  if (!tabs().length) return;
  const row = document.activeElement.closest("table.lines tr[data-row]");
  showKind((row && kindOf(row)) || shownKind);
}

function tabAfter(step) {
  const all = tabs();
  const at = all.findIndex((tab) => tab.dataset.kind === shownKind);
  return all.at((at + step + all.length) % all.length);
}

// Where the next line of the shown prescription is typed.
function toFreeRow() {
  const items = $$("table.lines [role=combobox]");
  const doses = $(".decoction:not([hidden]) [name=doses]");
  (doses?.value === "" ? doses : items.find((item) => item.value === ""))?.focus();
}

onPage.push(() => {
  const form = $("#draft");
  if (!form || !tabs().length) return;
  $(".tabs").hidden = false;
  $("#lines").setAttribute("role", "tabpanel");
  form.addEventListener("keydown", (event) => {
    const step = { PageDown: 1, PageUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.shiftKey || event.target.matches("textarea")) return;
    event.preventDefault();
    showKind(tabAfter(step).dataset.kind);
    toFreeRow();
  });
  for (const tab of tabs()) {
    tab.addEventListener("click", () => showKind(tab.dataset.kind));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const to = tabAfter(step);
      showKind(to.dataset.kind);
      to.focus();
    });
  }
  // First what is wrong, then where she was, then where there is a drug.
  const rows = lineRows().filter((row) => row.matches("[data-row]"));
  const wrong = rows.find((row) => $("[aria-invalid=true]", row));
  const stay = shownVisit === form.dataset.visit && tabs().some((tab) => tab.dataset.kind === shownKind);
  // The consultation fee stands in every visit: where nothing else does, one begins with the drugs.
  const first = rows.map(kindOf).find((kind) => kind && kind !== "service") ?? tabs()[0].dataset.kind;
  shownVisit = form.dataset.visit;
  showKind((wrong && kindOf(wrong)) || (stay ? shownKind : first));
});
