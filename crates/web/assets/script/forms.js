// A form goes once, after what is typed elsewhere has been kept; the server holds the same.
document.addEventListener("submit", (event) => {
  const form = event.target;
  asTyped();
  const before = form.id === "draft" ? saving : scanning ? scans : unsaved();
  if (before) {
    // What is typed, or a trace code, is on its way: the form goes when it is there.
    event.preventDefault();
    const { submitter } = event;
    before.then(() => {
      const button = submitter && standing(submitter);
      if (form.isConnected && (button || !submitter)) form.requestSubmit(button);
    });
    return;
  }
  const asked = event.submitter?.dataset.confirm ?? replaced(event.submitter) ?? form.dataset.confirm;
  if (form.dataset.sent || (asked && !confirm(asked)) || !(kept(form) || mayLose())) {
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
  const { url, body } = wish(form, event.submitter);
  event.submitter?.setAttribute("aria-busy", "true");
  // A session begins and ends with a page of the browser's own.
  if (!$(".top nav") || url.pathname === "/logout") return;
  event.preventDefault();
  if ("paper" in form.dataset) printed(url, body);
  else go(url, body);
});

// What would take the place of lines that stand there is asked for first.
const replaced = (button) => {
  const typed = $$("#draft tr:not([data-proposed]) [data-search]").some((code) => code.value);
  return typed ? button?.dataset.confirmOver : undefined;
};

// A button, or the one that has taken its place where the fee list was drawn anew.
const standing = (button) => {
  const alike = ["name", "value", "formaction"];
  const same = (other) => alike.every((of) => other.getAttribute(of) === button.getAttribute(of));
  return button.isConnected ? button : $$("button").find(same);
};

// Where a form goes, and with what.
function wish(form, submitter) {
  const fields = new URLSearchParams(new FormData(form));
  if (submitter?.name) fields.append(submitter.name, submitter.value);
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  const url = new URL(action, location.href);
  // A field may be called method.
  if (form.getAttribute("method") === "post") return { url, body: fields };
  url.search = fields;
  return { url };
}

addEventListener("pageshow", (event) => {
  // A page the browser had kept shows what was true then.
  if (event.persisted && draft) location.reload();
  release();
});
