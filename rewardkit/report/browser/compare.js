// Changed rows by reason and route: the filter is in the page's address, and every count is a link to its rows.
const rows = [...document.querySelectorAll("[data-reason]")];
const KEYS = ["outcome", "reason", "route"];
const show = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  const at = Object.fromEntries(KEYS.filter((key) => given.get(key)).map((key) => [key, given.get(key)]));
  let left = 0;
  for (const row of rows) {
    const fits = KEYS.every((key) => !at[key] || row.dataset[key] === at[key]);
    row.hidden = !fits;
    left += fits;
  }
  const said = Object.entries(at).map(([key, value]) => `${key} ${value}`).join(", ");
  document.getElementById("shown").textContent = said ? `${left} of ${rows.length} rows below: ${said}. ` : `${rows.length} rows below. `;
  document.getElementById("all").hidden = !said;
  for (const link of document.querySelectorAll("a[data-key]")) {
    const to = { ...at, [link.dataset.key]: link.dataset.value };
    link.href = `#${new URLSearchParams(to)}`;
    if (at[link.dataset.key] === link.dataset.value) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};
for (const link of document.querySelectorAll("a[data-key]")) {
  link.addEventListener("click", () => document.getElementById("changed").focus({ preventScroll: false }));
}
addEventListener("hashchange", show);
show();
