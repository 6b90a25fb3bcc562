// What the table shows is in the page's address, so that a link, a bookmark or the way back keeps the filter.
const FILTERS = ["status", "reason", "verifier", "route"];
const KEYS = [...FILTERS, "prompt", "q", "sort", "page", "row"];
const place = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KEYS.filter((key) => given.get(key)).map((key) => [key, given.get(key)]));
};
// The address with some of it changed: the filter stays, and what is read begins at the first page again.
const href = (changes) => {
  const { page, row, ...kept } = place();
  const at = { ...kept, ...changes };
  const entries = KEYS.filter((key) => at[key]).map((key) => [key, at[key]]);
  // An empty one would scroll to the top.
  return `#${entries.length ? new URLSearchParams(entries) : "all"}`;
};
const go = (changes) => {
  location.hash = href(changes);
};
// Of a row that is named for itself, whatever the filter is.
const alone = (row) => ({ ...Object.fromEntries(KEYS.map((key) => [key, ""])), row });
// A link into the table goes there with the focus as well.
let jumping = false;
const toRows = () => {
  jumping = false;
  $("rows").scrollIntoView();
  $("rows").focus({ preventScroll: true });
};
const links = new WeakMap();
const linkTo = (text, changes, more = {}) => {
  const node = h("a", { class: "link", href: href(changes), ...more }, text);
  links.set(node, changes);
  node.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (node.hash === location.hash) toRows();
    else jumping = true;
  });
  return node;
};
// What was drawn once has to keep the filter of now.
const refreshLinks = () => {
  for (const node of document.querySelectorAll("a.link")) node.setAttribute("href", href(links.get(node)));
};
