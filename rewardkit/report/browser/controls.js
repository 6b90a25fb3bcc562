// From the address to the page, and from the controls to the address.
let latest = 0;
const fill = (at) => {
  for (const name of FILTERS) {
    const options = merged(kinds.filter((kind) => fits(kind, at, name)), name);
    if (at[name] && !options.some((option) => option.name === at[name])) options.push({ name: at[name], rows: 0 });
    const said = options.map((option) => h("option", { value: option.name }, `${option.name} (${whole(option.rows)})`));
    $(name).replaceChildren(h("option", { value: "" }, "all"), ...said);
    $(name).value = at[name] ?? "";
  }
  if (document.activeElement !== $("query")) $("query").value = at.q ?? "";
  $("chosen").hidden = !at.prompt;
  if (at.prompt) $("chosen").replaceChildren(`Only the rows of prompt ${at.prompt}. `, linkTo("All prompts", { prompt: "" }));
};
const arrive = async () => {
  const at = place();
  const turn = (latest += 1);
  const left = () => turn !== latest;
  $("rows").setAttribute("aria-busy", "true");
  fill(at);
  drawRoutes(at);
  drawReasons(at);
  markSorted(at.sort ?? "number");
  refreshLinks();
  try {
    const tell = (share, found) => { if (!left()) $("count").textContent = `Searching: ${percent(share, 1)}, ${whole(found)} found`; };
    const found = await find(at, tell, left);
    if (left()) return;
    shown.found = found;
    const row = Number(at.row);
    const position = row ? found.indexOf(row - 1) : -1;
    if (position >= 0) open.add(row);
    const page = position >= 0 ? Math.floor(position / PAGE) : Number(at.page || 1) - 1;
    shown.page = Math.min(Math.max(page || 0, 0), Math.max(Math.ceil(found.length / PAGE) - 1, 0));
    await drawPage();
    if (left()) return;
    const opener = position >= 0 && document.querySelector(`[data-row="${row}"]`);
    if (opener) {
      jumping = false;
      opener.scrollIntoView({ block: "center" });
      opener.focus({ preventScroll: true });
    } else if (jumping) toRows();
  } catch (problem) {
    if (left()) return;
    $("table").hidden = true;
    $("nothing").hidden = false;
    $("nothing").textContent = problem.message;
  }
  $("rows").setAttribute("aria-busy", "false");
};

for (const name of FILTERS) $(name).addEventListener("change", () => go({ [name]: $(name).value }));
let waiting = 0;
const search = () => {
  clearTimeout(waiting);
  go({ q: $("query").value.trim() });
};
// Beside the page are more rows than a search at every letter should read: there it begins with Enter.
if (data.beside) $("query").placeholder = "id, answer, any text; Enter reads all rows";
else $("query").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 150); });
$("filters").addEventListener("submit", (event) => { event.preventDefault(); search(); });
const clear = () => {
  $("query").value = "";
  go(Object.fromEntries([...FILTERS, "q", "prompt"].map((name) => [name, ""])));
};
// Going there by an address would take the filter out of it.
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); toRows(); });
$("reset").addEventListener("click", () => { clear(); $("query").focus(); });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !typing) { event.preventDefault(); $("query").focus(); }
  if (event.key === "Escape" && event.target === $("query")) clear();
  const openers = [...$("body").querySelectorAll("[data-row]")];
  const here = openers.indexOf(event.target);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && here >= 0) { event.preventDefault(); openers[here + step]?.focus(); }
});
addEventListener("hashchange", arrive);
matchMedia("(max-width: 45rem)").addEventListener("change", drawRows);

if (!totals.routed) for (const id of ["routes-title", "times-title"]) $(id).textContent = $(id).textContent.replace("route", "verifier");
if (!totals.routed) $("route").closest("label").hidden = true;
const notes = [];
if (data.text_limit) notes.push(`Texts longer than ${count(data.text_limit, "character")} are cut in the middle; search sees what is left.`);
if (data.beside) notes.push(`The rows are in the folder ${data.beside.folder} beside this page, and are read as they are looked at.`);
$("notes").textContent = notes.join(" ");
drawHeadline();
drawTraining(data.training);
$("histogram").append(...(totals.histogram ? drawHistogram(totals.histogram) : [empty("No row has a reward.")]));
drawTimes();
drawParts(data.parts);
drawJudges(data.judges);
drawPrompts(data.prompts);
drawHeads();
arrive();
