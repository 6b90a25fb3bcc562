// The data: totals are in the page; rows and the numbers of every row are there too, or in files beside it.
const data = JSON.parse($("data").textContent);
const { totals } = data;
const TYPES = {
  kind: Uint16Array, reward: Float64Array, seconds: Float32Array, prompt: Uint32Array,
  first: Uint32Array, rows: Uint32Array, scored: Uint32Array, right: Uint32Array, mean: Float64Array, spread: Float64Array, majority: Float32Array,
};
const unpacked = (text, name) => new TYPES[name](Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0)).buffer);

// A file beside the page calls this with its name and value: a page that was opened from a disk may load scripts and nothing else.
const arrived = new Map();
globalThis.rewardkitPart = (name, value) => arrived.set(name, value);
const load = (name) =>
  new Promise((done, failed) => {
    const path = `${data.beside.folder}/${name}.js`;
    const node = h("script", { src: path.split("/").map(encodeURIComponent).join("/") });
    const settle = () => {
      node.remove();
      if (!arrived.has(name)) return failed(new Error(`Cannot load ${path}: the folder belongs beside this page; keep the two together.`));
      done(arrived.get(name));
      return arrived.delete(name);
    };
    set(node, { onload: settle, onerror: settle });
    document.head.append(node);
  });

// The files that were loaded last are kept, so that memory does not grow with what was looked at.
const KEPT = 60;
const chunks = new Map();
const chunk = (number) => {
  const found = chunks.get(number) ?? load(String(number));
  chunks.delete(number);
  chunks.set(number, found);
  found.catch(() => chunks.delete(number));
  if (chunks.size > KEPT) chunks.delete(chunks.keys().next().value);
  return found;
};
const chunkOf = (at) => {
  let [low, high] = [0, data.beside.starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (data.beside.starts[middle] <= at) low = middle;
    else high = middle;
  }
  return low;
};
const asRow = (values) => Object.fromEntries(data.columns.map((name, i) => [name, values[i]]));
const rowsAt = async (places) => {
  if (!data.beside) return places.map((at) => asRow(data.rows[at]));
  const numbers = places.map(chunkOf);
  // Four at a time: a screen of scattered rows must not hold a hundred files at once.
  const loaded = new Map();
  const wanted = [...new Set(numbers)];
  for (let i = 0; i < wanted.length; i += 4) {
    const some = wanted.slice(i, i + 4);
    (await Promise.all(some.map(chunk))).forEach((values, j) => loaded.set(some[j], values));
  }
  return places.map((at, i) => asRow(loaded.get(numbers[i])[at - data.beside.starts[numbers[i]]]));
};

const columns = new Map();
const column = (name) => {
  if (!columns.has(name)) columns.set(name, (data.beside ? load(name) : Promise.resolve(data.index[name])).then((text) => unpacked(text, name)));
  return columns.get(name);
};
let promptTable = null;
const promptColumns = () =>
  (promptTable ??= (data.beside ? load("prompts") : Promise.resolve(data.table)).then((packed) =>
    Object.fromEntries(Object.entries(packed).map(([name, text]) => [name, unpacked(text, name)]))));

// Names as an address can hold them, and how rows of a kind are told from others.
const formed = (text) => (text.toWellFormed ? text.toWellFormed() : text);
const kinds = totals.kinds.map((one) => ({ ...one, ...Object.fromEntries(["status", "reason", "verifier", "route"].map((name) => [name, formed(one[name])])) }));
for (const kind of kinds) kind.route ||= kind.verifier;
const fits = (kind, at, but = "") => FILTERS.every((name) => name === but || !at[name] || kind[name] === at[name]);
const meaning = (reason) => (Object.hasOwn(totals.meanings, reason) ? totals.meanings[reason] : null);
const SUMS = ["rows", "scored", "reward", "full", "none", "seconds", "calls", "tokens", "cost"];
const merged = (some, name) => {
  const found = new Map();
  for (const kind of some) {
    const sums = found.get(kind[name]) ?? { name: kind[name], status: kind.status, ...Object.fromEntries(SUMS.map((sum) => [sum, 0])) };
    for (const sum of SUMS) sums[sum] += kind[sum];
    found.set(kind[name], sums);
  }
  return [...found.values()].sort((x, y) => y.rows - x.rows || (x.name < y.name ? -1 : 1));
};
