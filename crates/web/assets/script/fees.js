// The fee list follows what is typed.
let feesAsked = 0;
async function refresh() {
  const fee = $("#fee");
  if (!draft || !fee) return;
  const mine = ++feesAsked;
  const url = `/visits/${draft.dataset.visit}/preview`;
  const answer = await fetch(url, { method: "POST", body: body(), headers: { "x-fragment": "1" } });
  const busy = fee.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox])");
  if (mine !== feesAsked || !answer.ok || busy) return;
  // What was opened stays open, and who stands on it stays there.
  const kept = (details) => $(`[data-keep="${details.dataset.keep}"]`, fee);
  const open = $$("details[open][data-keep]", fee);
  const focused = fee.contains(document.activeElement) && document.activeElement;
  const at = focused && focused.closest("[data-keep]");
  fee.innerHTML = await answer.text();
  open.forEach((details) => kept(details)?.setAttribute("open", ""));
  if (at) $("summary", kept(at) ?? fee)?.focus();
  else if (focused?.name) {
    const same = $$(`[name="${focused.name}"]`, fee);
    (same.find((one) => one.value === focused.value) ?? same[0])?.focus();
  }
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

// A tick that was asked for is the next thing to give.
onPage.push(() => {
  if ($("main > [role=alert]")) $("#fee [data-next], #fee [name=own_pay_consent]:not(:checked)")?.focus();
});
