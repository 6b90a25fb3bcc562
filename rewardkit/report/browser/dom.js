// Elements. Nothing here builds markup from text: every string of the data enters the page as a text node.
const $ = (id) => document.getElementById(id);
const set = (node, attributes) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "share") node.style.setProperty("--share", value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  return node;
};
const h = (tag, attributes = {}, ...children) => {
  const node = set(document.createElement(tag), attributes);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};
const svg = (tag, attributes = {}, ...children) => {
  const node = set(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);
  node.append(...children);
  return node;
};
const button = (text, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, text);
const number = (text) => h("td", { class: "number" }, text);
const head = (...children) => h("th", { scope: "row" }, ...children);
const line = (...cells) => h("tr", {}, ...cells);
const empty = (text) => h("p", { class: "empty" }, text);
const bar = (part, all, of = "") => {
  const fill = part > 0 ? h("span", { class: `fill ${of}`, share: `${(100 * Math.min(part, all)) / all}%` }) : null;
  return h("td", { class: "bar-cell" }, h("span", { class: "bar", "aria-hidden": "true" }, fill));
};

// A table of [name, class] heads and of lines, which scrolls by itself where the screen is too narrow for it.
const table = (label, heads, lines) =>
  h("div", { class: "scroll" }, h("table", { "aria-label": label },
    h("thead", {}, h("tr", {}, ...heads.map(([text, of]) => (text ? h("th", { scope: "col", class: of || "" }, text) : h("td", { class: of || "" }))))),
    h("tbody", {}, ...lines)));
