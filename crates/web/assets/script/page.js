// What pages gain with a script: they follow one another in the same document, keys on the buttons,
// search as one types, a fee list that follows, autosave. Everything works without it.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const later = (wait, work) => {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
};

// What the other files do with each page that comes.
const onPage = [];
const pageCame = () => onPage.forEach((work) => work());

// How many pages were asked for: only the latest is shown.
let pagesAsked = 0;
// How many of them are on their way.
let underWay = 0;

// Asks for a page, by a form if there is one, and shows what comes. `history` is what the address
// does: "push", "replace" or "keep"; `still` says whether what came is still wanted.
async function go(url, form, history = "push", still = () => true) {
  const mine = ++pagesAsked;
  const from = location.href;
  underWay += 1;
  try {
    const answer = await fetch(url, form && { method: "POST", body: form });
    const text = await answer.text();
    if (mine !== pagesAsked || !still()) return;
    // Not ours to show, or of another version of the program: the browser's own way.
    const page = answer.headers.get("content-type")?.startsWith("text/html") && parsed(text);
    if (!page) return location.assign(answer.url);
    const posted = form && !answer.redirected;
    if (!posted && history === "push" && answer.url !== from) window.history.pushState(null, "", answer.url);
    if (!posted && history === "replace") window.history.replaceState(null, "", answer.url);
    show(page, answer.url === from);
  } catch {
    // Nobody answered. What was typed stays, and the server knows a second wish from the first.
    if (mine === pagesAsked) unanswered();
  } finally {
    underWay -= 1;
  }
}

function parsed(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const script = (of) => $("script[src]", of)?.getAttribute("src");
  return script(page) === script(document) && page;
}

function show(page, again) {
  const scrolled = (name) => $(name)?.scrollTop;
  const [main, queue] = [again && scrolled("main"), scrolled(".queue")];
  send();
  document.title = page.title;
  for (const name of ["lang", "className"]) document.documentElement[name] = page.documentElement[name];
  document.body.replaceWith(document.adoptNode(page.body));
  // What was refused is said at the top.
  if (main && !$("main > [role=alert]")) $("main")?.scrollTo(0, main);
  if (queue) $(".queue")?.scrollTo(0, queue);
  if (!again) scrollTo(0, 0);
  pageCame();
  const nowhere = () => document.activeElement === document.body;
  if (nowhere()) ($("main [aria-invalid=true]:not([type=hidden])") ?? $("[autofocus]"))?.focus();
  if (nowhere()) focusOn($("main"));
}

function focusOn(place) {
  place?.setAttribute("tabindex", "-1");
  place?.focus({ preventScroll: true });
}

function unanswered() {
  release();
  announce(document.body.dataset.wordsUnanswered, "unanswered", $("main"));
}

// Says something at the top of a place, once.
function announce(text, kind, place) {
  const words = document.createElement("p");
  words.className = `problem ${kind}`;
  words.setAttribute("role", "alert");
  words.textContent = text;
  $$(`.${kind}`).forEach((old) => old.remove());
  place?.prepend(words);
}

// Buttons that were pressed can be pressed again.
function release() {
  $$("form[data-sent]").forEach((form) => delete form.dataset.sent);
  $$("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

// A paper is printed from where one is: its sheets stand beside the page while it is printed. Who is asked for one
// by a form may refuse, and says so by a page.
async function printed(url, form) {
  const answer = await fetch(url, form && { method: "POST", body: form }).catch(() => {});
  const page = answer && parsed(await answer.text().catch(() => ""));
  if (!form && !(page && answer.ok)) return location.assign(url);
  release();
  if (!page) return unanswered();
  if (!page.body.matches(".papers")) return show(page, true);
  const sheets = document.createElement("div");
  sheets.className = "papers printing";
  sheets.lang = page.documentElement.lang;
  sheets.append(...$("main", page).childNodes);
  document.body.append(sheets);
  blanked(sheets);
  print();
  sheets.remove();
  // What was said for another print is not said for the next; a receipt has taken its number.
  if (form?.has("why") || form?.has("receipt_number")) go(location.href, undefined, "replace");
}

// Other papers, files and other sites are opened by the browser.
const isPage = (url) => url.origin === location.origin && !/\/(print|assets)(\/|$)/.test(url.pathname);

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || event.defaultPrevented || !plain || link.target || link.getAttribute("href").startsWith("#")) return;
  const paper = "paper" in link.dataset;
  if (!paper && !isPage(new URL(link.href))) return;
  event.preventDefault();
  if (paper) return printed(link.href);
  if (await mayLeave()) go(link.href);
});

addEventListener("popstate", async () => {
  if (await mayLeave()) go(location.href, undefined, "keep");
});

// A page that waits for the insurance centre looks again by itself; without a script a refresh does. What is being
// typed, was sent or is asked for from it goes first: also what was typed after it asked and before the answer came.
let refreshing;
onPage.push(() => {
  clearTimeout(refreshing);
  const waiting = $("[data-refresh]");
  if (!waiting) return;
  const typed = (field) => field.value !== field.defaultValue;
  const idle = () => !$("form[data-sent]") && !$$("input, textarea").some(typed);
  const again = async () => {
    if (idle() && !underWay) await go(waiting.dataset.url, undefined, "replace", idle);
    if (waiting.isConnected) soon();
  };
  const soon = () => {
    refreshing = setTimeout(again, Number(waiting.dataset.refresh) * 1000);
  };
  soon();
});

// A file is read into the field beside it, where it can be looked at before it is sent.
onPage.push(() => {
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
});
