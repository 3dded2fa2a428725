// What is waited for counts down; the server's words stand there until then, and without a script.
let counting;
onPage.push(() => {
  clearInterval(counting);
  const all = $$("[data-until]");
  if (!all.length) return;
  counting = setInterval(() => {
    for (const place of all) {
      const left = Math.ceil((Number(place.dataset.until) - Date.now()) / 60000);
      place.textContent = left > 0 ? place.dataset.words.replace("#", left) : place.dataset.over;
    }
  }, 5000);
});
