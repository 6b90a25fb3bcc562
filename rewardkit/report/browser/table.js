// The table: fifty rows a page, each of which opens.
const PAGE = 50;
const HEADS = [["id", "Row", "number"], ["reward", "Reward", "reward"], ["reason", "Reason", "reason"], ["answer", "Answer", "answer"],
  ["extracted", "Extracted", "extracted"], ["verifier", "Verifier", "verifier"], ["seconds", "Time", "seconds"]];
const shown = { found: new Uint32Array(0), page: 0, rows: [] };
const open = new Set();

const drawHeads = () => {
  for (const [key, name, by] of HEADS) {
    const more = { role: "columnheader", scope: "col", class: `c-${key}${key === "seconds" ? " number" : ""}`, "data-by": by, "data-name": name };
    const sortable = by === "number" || ORDERS[by] || !data.beside;
    // What is most is looked for first.
    const first = ["reward", "seconds"].includes(by) ? `-${by}` : by;
    const turn = () => {
      const now = place().sort ?? "number";
      go({ sort: now.replace("-", "") !== by ? first : now.startsWith("-") ? by : `-${by}` });
    };
    $("heads").append(h("th", more, sortable ? button(name, turn) : name));
  }
};
const markSorted = (sort) => {
  for (const cell of $("heads").children) {
    const way = cell.dataset.by === sort.replace("-", "") ? (sort.startsWith("-") ? "descending" : "ascending") : null;
    if (way) cell.setAttribute("aria-sort", way);
    else cell.removeAttribute("aria-sort");
    cell.firstChild.textContent = cell.dataset.name + (way ? (way === "descending" ? " ↓" : " ↑") : "");
  }
};
// A cell that spans hidden columns would bring them back as empty ones.
const visible = () => [...$("heads").children].filter((cell) => cell.offsetWidth).length || HEADS.length;
const drawRow = (row) => {
  const isOpen = open.has(row.number);
  const cell = (name, text, more = "") => h("td", { role: "cell", class: `c-${name} ${more}` }, text);
  const opener = button(plain(row.id), null, { "aria-expanded": String(isOpen), title: plain(row.id), "data-row": row.number });
  const cells = h("tr", { role: "row", class: `row${isOpen ? " open" : ""}`, onclick: () => toggle(row) },
    cell("id", opener, "id"),
    h("td", { role: "cell", class: "c-reward" }, glyph(outcome(row.status, row.reward)), ` ${score(row.reward)}`),
    cell("reason", plain(row.reason)),
    cell("answer", plain(row.answer).slice(0, 200), "text"),
    cell("extracted", plain(row.extracted).slice(0, 200) || "–", "text"),
    cell("verifier", plain(row.verifier), "dim"),
    cell("seconds", time(row.seconds), "number dim"));
  return isOpen ? [cells, h("tr", { role: "row" }, h("td", { role: "cell", class: "trace", colspan: visible() }, trace(row)))] : [cells];
};
const drawRows = () => {
  $("body").replaceChildren(...shown.rows.flatMap(drawRow));
  for (const mark of $("body").querySelectorAll("mark")) {
    const box = mark.closest("pre");
    box.scrollTop = mark.offsetTop - box.offsetTop - box.clientHeight / 2;
  }
};
const toggle = (row) => {
  if (String(getSelection()).trim()) return;
  if (!open.delete(row.number)) open.add(row.number);
  drawRows();
  document.querySelector(`[data-row="${row.number}"]`).focus({ preventScroll: true });
};
const drawPage = async () => {
  const { found, page } = shown;
  const first = page * PAGE;
  shown.rows = await rowsAt(Array.from(found.subarray(first, first + PAGE)));
  drawRows();
  $("count").textContent = found.length === totals.rows ? count(found.length, "row") : `${whole(found.length)} of ${count(totals.rows, "row")}`;
  $("table").hidden = !found.length;
  $("nothing").hidden = Boolean(found.length);
  $("nothing").textContent = totals.rows ? "No row fits these filters." : "Nothing has been scored yet.";
  const last = Math.max(Math.ceil(found.length / PAGE) - 1, 0);
  const turn = (text, to, off) => set(button(text, () => { jumping = true; go({ page: to ? to + 1 : "" }); }), off ? { disabled: "" } : {});
  $("pager").hidden = !last;
  $("pager").replaceChildren(turn("First", 0, !page), turn("Previous", page - 1, !page),
    h("span", {}, `${whole(first + 1)}–${whole(first + shown.rows.length)} of ${whole(found.length)}`),
    turn("Next", page + 1, page === last), turn("Last", last, page === last));
};
