// 实收、找零: what is handed over the counter and what goes back, in whole fen. The ledger has what is due; this is for
// the hand that counts.
const fenOf = (text) => {
  const [, yuan, fen = ""] = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text.normalize("NFKC").trim()) ?? [];
  return yuan === undefined ? NaN : Number(yuan) * 100 + Number(fen.padEnd(2, "0"));
};
const yuanOf = (fen) => `¥${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, "0")}`;

onPage.push(() => {
  for (const place of $$("[data-due]")) {
    const [given, back] = [$("input", place), $("output", place)];
    place.hidden = false;
    given.addEventListener("input", () => {
      const more = fenOf(given.value) - Number(place.dataset.due);
      const { back: returned, less } = place.dataset;
      const words = more < 0 ? `${less} ${yuanOf(-more)}` : `${returned} ${yuanOf(more)}`;
      back.textContent = Number.isNaN(more) ? "" : words;
    });
  }
});
