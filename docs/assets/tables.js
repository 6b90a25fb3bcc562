// Tables of more than a few rows can be sorted by a click on a heading, and searched. Without this script they are tables all
// the same. In the search each word must stand in the row; `column:word` looks in one column, `column:"words"` for all of its cell.
"use strict";

const ROWS = 12;
const natural = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const folded = (text) => text.trim().toLowerCase();

// The number that a cell begins with, thousands in groups; none for a version or a date.
function numberOf(text) {
  const found = /^[<>~≈]?\s*([-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?)(?![\d.\-/:])/i.exec(text.trim());
  return found ? Number(found[1].replace(/,/g, "").replace("−", "-")) : NaN;
}

function compared(one, other) {
  const [a, b] = [numberOf(one), numberOf(other)];
  if (!Number.isNaN(a) && !Number.isNaN(b) && a !== b) return a - b;
  return natural.compare(one, other);
}

function sortable(table, rows) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "table-sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const text = (row) => row.cells[place].textContent;
      // Empty cells stand last, whichever way it is sorted.
      const order = (a, b) => !text(a).trim() - !text(b).trim() || (down ? -1 : 1) * compared(text(a), text(b));
      table.tBodies[0].append(...rows.sort(order));
    });
  });
}

// What each word of a search asks of a row's cells.
function wanted(query, names) {
  return (folded(query).match(/[^\s":]+:"[^"]*"|"[^"]*"|\S+/g) || []).map((word) => {
    const [, name, rest] = /^([^\s":]+):(.+)$/.exec(word) || [];
    const place = names.findIndex((each) => each.split(" ")[0] === name);
    const text = (place < 0 ? word : rest).replace(/"/g, "");
    if (place < 0) return (cells) => cells.some((cell) => cell.includes(text));
    return rest.startsWith('"') ? (cells) => cells[place] === text : (cells) => cells[place].includes(text);
  });
}

function searchable(table, rows) {
  const names = [...table.tHead.rows[0].cells].map((cell) => folded(cell.textContent));
  const texts = new Map(rows.map((row) => [row, [...row.cells].map((cell) => folded(cell.textContent))]));
  const bar = document.createElement("div");
  bar.className = "table-bar";
  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = `Search ${rows.length.toLocaleString("en")} rows; a column alone: ${names[0].split(" ")[0] || "column"}:word`;
  input.setAttribute("aria-label", "Search this table");
  const count = document.createElement("output");
  bar.append(input, count);
  table.before(bar);
  const show = () => {
    const words = wanted(input.value, names);
    let shown = 0;
    for (const row of rows) {
      const found = words.every((stands) => stands(texts.get(row)));
      row.hidden = !found;
      shown += found;
    }
    count.value = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
  };
  input.addEventListener("input", show);
  show();
  return { input, show };
}

const searches = [...document.querySelectorAll("article table")].flatMap((table) => {
  const rows = [...(table.tBodies[0]?.rows || [])];
  if (rows.length <= ROWS || !table.tHead) return [];
  table.toggleAttribute("data-long", rows.length > 100);
  const search = searchable(table, rows);
  sortable(table, rows);
  return rows.length > 100 ? [search] : [];
});

// A link with `#rows=words` opens the page with the words in the search of its long table.
function fromAddress() {
  const asked = /^#rows=(.*)$/.exec(location.hash);
  if (!asked || !searches.length) return;
  searches[0].input.value = decodeURIComponent(asked[1].replace(/\+/g, " "));
  searches[0].show();
  searches[0].input.scrollIntoView();
}
addEventListener("hashchange", fromAddress);
fromAddress();
