// A character that this computer's fonts lack would be printed as a box: it is looked for by drawing it beside one
// that no font has. On paper a blank to write in takes its place, and who prints is told which it was.
const NOWHERE = "\u{3FFFD}";

function lacking(text, font) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 24, height: 24 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.font = `18px ${font}`;
  const drawn = (character) => {
    pen.clearRect(0, 0, 24, 24);
    pen.fillText(character, 0, 19);
    return pen.getImageData(0, 0, 24, 24).data.join();
  };
  const box = drawn(NOWHERE);
  const seen = (character) => character > "\u00FF" && !/[\s\p{Cf}\p{M}]/u.test(character);
  return [...new Set(text)].filter((character) => seen(character) && drawn(character) === box);
}

// Takes what is lacking out of sheets that are to be printed; true if nothing was.
function blanked(sheets) {
  const font = getComputedStyle(sheets).fontFamily;
  const lost = lacking(sheets.textContent, font);
  if (!lost.length) return true;
  const texts = document.createTreeWalker(sheets, NodeFilter.SHOW_TEXT);
  const all = [];
  while (texts.nextNode()) all.push(texts.currentNode);
  for (const text of all) {
    const parts = [...text.data].map((character) => (lost.includes(character) ? blank(character) : character));
    if (parts.some((part) => part.nodeType)) text.replaceWith(...parts);
  }
  const codes = lost.map((character) => `U+${character.codePointAt(0).toString(16).toUpperCase()}`);
  announce(`${document.body.dataset.wordsGlyphs} ${codes.join(" ")}`, "glyphs", $(".papers > .tools") ?? $("main"));
  return false;
}

function blank(character) {
  const place = document.createElement("span");
  place.className = "blank";
  place.title = `U+${character.codePointAt(0).toString(16).toUpperCase()}`;
  return place;
}

onPage.push(() => {
  const sheets = $("body.papers > main");
  if (sheets) blanked(sheets);
});
