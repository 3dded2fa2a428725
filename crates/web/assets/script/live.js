// Who is looked for is found letter by letter, where a form says so.

function live(form) {
  let asked = 0;
  const ask = async () => {
    const mine = ++asked;
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = answer.ok && parsed(await answer.text());
    const found = page && mine === asked && $("#found", page);
    if (found) $("#found")?.replaceWith(document.adoptNode(found));
  };
  // Whom nobody answers for she looks up with the button, which says so.
  form.addEventListener("input", (event) => event.isComposing || ask().catch(() => {}));
}

onPage.push(() => $$("form[data-live]").forEach(live));
