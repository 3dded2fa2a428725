// Search as one types. The field with the code is hidden behind one that shows the name.

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
  if (code.matches("select")) code.hidden = true;
  else code.type = "hidden";
  code.after(shown);
  new Picker(code, shown);
}

class Picker {
  constructor(code, shown) {
    // What stands in the row, to tell a change from the same again.
    code.dataset.picked = code.value;
    Object.assign(this, { code, shown, hits: [], at: 0, asked: 0, name: code.value && shown.value });
    shown.addEventListener("input", () => {
      // Who types what stood there is where she was.
      code.value = (this.name && shown.value === this.name && code.dataset.picked) || "";
      this.ask();
    });
    shown.addEventListener("scanned", async () => {
      const hits = await this.find(shown.value).catch(() => undefined);
      if (hits?.length === 1) return this.choose(hits[0]);
      changed();
      if (hits) this.unknown();
    });
    shown.addEventListener("keydown", (event) => this.key(event));
    shown.addEventListener("blur", () => {
      this.close();
      asTyped();
    });
  }

  // What is used most stands first; for nothing typed it is asked for alone.
  async ask(favourites = false) {
    // An input method parts the letters that it has not turned into characters yet: g'x'y.
    const query = this.shown.value.replaceAll("'", "").trim();
    const asked = ++this.asked;
    if (!query && !favourites) return this.close();
    const hits = await this.find(query);
    if (asked !== this.asked || !hits) return;
    this.hits = hits;
    this.at = 0;
    this.draw();
  }

  // What the lists have for a query; nothing where they were not asked.
  async find(query) {
    const about = new URLSearchParams({ q: query, visit: draft?.dataset.visit ?? "" });
    if (shownKind === "decoction") about.set("pieces", "1");
    const answer = await fetch(`/api/search/${this.code.dataset.search}?${about}`);
    return answer.ok ? answer.json() : undefined;
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
        this.choose(hit);
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

  unknown() {
    this.shown.setAttribute("aria-invalid", "true");
    say("unknown", `${document.body.dataset.wordsUnknown} ${this.shown.value}`);
  }

  close() {
    this.asked++;
    this.hits = [];
    this.draw();
  }

  key(event) {
    // Enter and digits are the input method's while it composes.
    if (event.isComposing) return;
    const open = this.hits.length > 0;
    clearTimeout(this.meant?.timer);
    if (this.meant && event.key.length > 1) {
      this.meant.choose();
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    this.meant = undefined;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) {
      this.at = (this.at + step + this.hits.length) % this.hits.length;
      this.draw();
    } else if (open && event.key === "Enter") {
      this.choose(this.hits[this.at]);
    } else if (open && /^[1-9]$/.test(event.key) && Number(event.key) <= this.hits.length) {
      return this.mean(event.key);
    } else if (open && event.key === "Escape") {
      this.close();
    } else if (event.key === "ArrowDown") {
      this.ask(true);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // A digit chooses where no other comes at the speed of a scanner.
  mean(digit) {
    const hit = this.hits[Number(digit) - 1];
    const typed = this.shown.value + digit;
    const choose = () => {
      this.meant = undefined;
      if (this.shown.value === typed) this.choose(hit);
    };
    this.meant = { choose, timer: setTimeout(choose, SCAN.between) };
  }

  choose(hit) {
    this.code.value = hit.code;
    this.shown.value = this.name = hit.name;
    this.shown.removeAttribute("aria-invalid");
    this.close();
    const go = this.code.dataset.go;
    if (go) return document.getElementById(go).click();
    const row = this.code.closest("tr");
    // Another drug takes nothing of the order of the one that stood there.
    const { picked } = this.code.dataset;
    if (row && picked && picked !== hit.code) cleared(row);
    this.code.dataset.picked = hit.code;
    fill(row, hit);
    freeRow(this.code.closest("table"));
    next(this.shown);
    if (this.code.form === draft) changed();
  }
}

// Words that were not picked stay visible and are sent as typed, so that they are refused and not lost.
function asTyped() {
  for (const code of $$("input[type=hidden][data-search]")) code.value ||= code.nextElementSibling?.value.trim() ?? "";
}

onPage.push(() => $$("[data-search]").forEach(enhance));
