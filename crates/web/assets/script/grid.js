// A picked drug brings its usual order; what was typed already stays.
function fill(row, hit) {
  if (!row || !("price" in hit)) return;
  for (const field of ["dose", "footnote", "route", "frequency", "days"]) {
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
  row.classList.toggle("piece", Boolean(hit.piece));
  row.classList.toggle("service", !hit.route && !hit.piece);
}

// Enter accepts a cell and goes to the next; a filled last row brings a new one.
const cells = (root) => $$("input:not([type=hidden]), select, textarea", root).filter((e) => e.offsetParent);
function next(from) {
  const form = from.closest("form") ?? document;
  const all = cells(form);
  const place = all.indexOf(from);
  // A herb is done with its footnote: the next one. A form of a few fields ends with its button.
  const after = all[place + (from.matches(".footnote") ? 2 : 1)];
  const to = after ?? (form !== draft && $("button", form));
  if (!to) return;
  to.focus();
  to.select?.();
}

function freeRow(table) {
  const rows = table ? $$("tbody tr", table).filter((row) => $("[data-search]", row)) : [];
  const last = rows.at(-1);
  if (!last || rows.length >= 60 || rows.some((row) => !$("[data-search]", row).value)) return;
  const row = last.cloneNode(true);
  delete row.dataset.proposed;
  for (const input of $$("input, select", row)) {
    if (!input.name) input.remove();
    input.removeAttribute("aria-invalid");
  }
  emptied(row);
  const code = $("[data-search]", row);
  code.type = "text";
  code.dataset.name = "";
  last.after(row);
  enhance(code);
  renumber();
}

// All that was ordered of what stands in a row, but what it is.
function cleared(row) {
  for (const input of $$("input[name], select", row)) {
    if (input.matches("[data-search]")) continue;
    input.value = "";
    delete input.dataset.usual;
  }
}

function emptied(row) {
  cleared(row);
  $$("input", row).forEach((input) => (input.value = ""));
  delete $("[data-search]", row).dataset.picked;
  row.classList.remove("service", "piece");
  $$(".picked, .spec, .dose-unit, .unit-name", row).forEach((e) => (e.textContent = ""));
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
