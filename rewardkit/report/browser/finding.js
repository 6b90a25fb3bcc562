// Which rows fit, and in what order, by columns of numbers; only a search for text reads rows, and it can be left at any time.
const SEARCHED = ["id", "reason", "verifier", "route", "answer", "extracted", "completion", "prompt", "info"];
const haystack = (row) => SEARCHED.map((name) => plain(row[name])).join("\n").toLowerCase();
const withText = async (places, words, tell, left) => {
  const kept = [];
  for (let i = 0; i < places.length && !left(); i += 400) {
    const some = Array.from(places.subarray(i, i + 400));
    (await rowsAt(some)).forEach((row, j) => { if (haystack(row).includes(words)) kept.push(some[j]); });
    if (data.beside) tell(i / places.length, kept.length);
  }
  return Uint32Array.from(kept);
};
// What a column is sorted by: a number a row, nan where there is none. Texts have an order only where the rows are in the page.
const ORDERS = {
  reward: () => column("reward"),
  seconds: () => column("seconds"),
  reason: () => ranked("reason"),
  verifier: () => ranked("verifier"),
};
const ranked = async (name) => {
  const names = [...new Set(kinds.map((kind) => kind[name]))].sort();
  const ranks = kinds.map((kind) => names.indexOf(kind[name]));
  return Float64Array.from(await column("kind"), (kind) => ranks[kind]);
};
const byText = (name) => {
  const at = data.columns.indexOf(name);
  const texts = data.rows.map((values) => plain(values[at]));
  return (x, y) => (texts[x] < texts[y] ? -1 : texts[x] > texts[y] ? 1 : 0);
};
const sorted = async (places, by) => {
  const down = by.startsWith("-") ? -1 : 1;
  const name = by.replace("-", "");
  if (name === "number") return down > 0 ? places : places.slice().reverse();
  const ordered = Object.hasOwn(ORDERS, name);
  if (!ordered && (data.beside || !data.columns.includes(name))) return places;
  if (!ordered) {
    const order = byText(name);
    return places.slice().sort((x, y) => down * order(x, y) || x - y);
  }
  const values = await ORDERS[name]();
  // Rows without a value stay last whichever way the column is sorted.
  return places.slice().sort((x, y) => Number.isNaN(values[x]) - Number.isNaN(values[y]) || down * (values[x] - values[y]) || x - y);
};
const everything = () => {
  const places = new Uint32Array(totals.rows);
  for (let i = 0; i < places.length; i += 1) places[i] = i;
  return places;
};
const find = async (at, tell, left) => {
  const wanted = kinds.map((kind) => fits(kind, at));
  let places = everything();
  if (!wanted.every(Boolean)) {
    const kind = await column("kind");
    places = places.filter((i) => wanted[kind[i]]);
  }
  if (at.prompt) {
    const prompt = await column("prompt");
    places = places.filter((i) => prompt[i] === Number(at.prompt));
  }
  if (at.q) places = await withText(places, at.q.toLowerCase().trim(), tell, left);
  return at.sort && !left() ? sorted(places, at.sort) : places;
};
