// Prompt by prompt: pass@k, spread, and a list of the prompts whose names filter the rows.
const PROMPTS = 20;
const drawPrompts = (prompts) => {
  if (!prompts) return;
  $("prompts-panel").hidden = false;
  const share = (name, note, part, all) => line(head(name, h("small", {}, note)), bar(part, all, "right"), number(percent(part, all)));
  $("prompts").append(table("By prompt", [[count(prompts.groups, "prompt")], ["", "bar-cell"], ["Share", "number"]], [
    ...prompts.pass_at.map((p) => share(`pass@${p.k}`, `over ${count(p.groups, "prompt")} with ${p.k} or more rewards`, p.share, 1)),
    known(prompts.majority) ? share("majority", "the most frequent answer is right", prompts.majority, 1) : null,
    share("without spread", `every reward is the same: right in ${whole(prompts.flat_right)}, 0 in ${whole(prompts.flat_wrong)}`, prompts.flat, prompts.groups),
    share("too few rewards", "fewer than two completions have one", prompts.undecided, prompts.groups),
  ].filter(Boolean)));
  const list = h("details", { class: "values" }, h("summary", {}, "Each prompt"));
  list.addEventListener("toggle", () => listPrompts(list, prompts), { once: true });
  $("prompts").append(list);
};
// The estimator of Chen et al. (arXiv 2107.03374), as a product, which no factorial overflows.
const passAt = (k, n, right) => {
  if (n < k) return NaN;
  let missed = 1;
  for (let i = 0; i < k; i += 1) missed *= Math.max(n - right - i, 0) / (n - i);
  return 1 - missed;
};
const SORTS = { mixed: (c, i) => c.scored[i] > 1 && c.spread[i] >= 1e-9, right: (c, i) => c.scored[i] > 1 && c.spread[i] < 1e-9 && c.mean[i] >= 1 - 1e-9,
  wrong: (c, i) => c.scored[i] > 1 && c.spread[i] < 1e-9 && c.mean[i] <= 1e-9, few: (c, i) => c.scored[i] < 2 };
const listPrompts = async (list, prompts) => {
  const select = (label, options) => {
    const node = h("select", {}, ...options.map(([value, text]) => h("option", { value }, text)));
    return [h("label", {}, h("span", {}, label), node), node];
  };
  const [whichLabel, which] = select("Which", [["", "all"], ["mixed", "with spread"], ["right", "all right"], ["wrong", "all 0"], ["few", "too few rewards"]]);
  const [kLabel, k] = select("pass@k", prompts.pass_at.map((p) => [p.k, `k = ${p.k}`]));
  const [orderLabel, order] = select("Order", [["", "as in the file"], ["mean", "lowest mean first"], ["spread", "most spread first"], ["rows", "most rows first"]]);
  const [area, pager] = [h("div", { "aria-live": "polite" }), h("p", { class: "pager" })];
  list.append(h("div", { class: "filters" }, whichLabel, kLabel, orderLabel), area, pager);
  const cells = await promptColumns();
  let page = 0;
  const draw = async () => {
    let places = Array.from(cells.rows.keys()).filter((i) => !which.value || SORTS[which.value](cells, i));
    const by = { mean: (i) => cells.mean[i], spread: (i) => -cells.spread[i], rows: (i) => -cells.rows[i] }[order.value];
    if (by) places = places.sort((x, y) => Number.isNaN(by(x)) - Number.isNaN(by(y)) || by(x) - by(y) || x - y);
    const some = places.slice(page * PROMPTS, (page + 1) * PROMPTS);
    const firsts = await rowsAt(some.map((i) => cells.first[i]));
    const heads = [["Prompt"], ["Rows", "number"], ["Right", "number"], [`pass@${k.value}`, "number"], ["", "bar-cell"], ["Mean", "number"], ["Spread", "number"]];
    area.replaceChildren(table("Each prompt", heads,
      some.map((i, j) => {
        const pass = passAt(Number(k.value), cells.scored[i], cells.right[i]);
        const name = plain(firsts[j].prompt).slice(0, 160) || plain(firsts[j].id).slice(0, 160);
        return line(head(linkTo(name, { prompt: i + 1 })), number(whole(cells.rows[i])), number(`${cells.right[i]} of ${cells.scored[i]}`),
          number(percent(pass, 1)), bar(pass || 0, 1, "right"), number(mean(cells.mean[i])), number(mean(cells.spread[i])));
      })));
    const go = (text, to, off) => set(button(text, () => { page = to; draw(); }), off ? { disabled: "" } : {});
    const from = places.length ? page * PROMPTS + 1 : 0;
    pager.replaceChildren(go("Previous", page - 1, !page),
      h("span", {}, `${whole(from)}–${whole(page * PROMPTS + some.length)} of ${count(places.length, "prompt")}`),
      go("Next", page + 1, (page + 1) * PROMPTS >= places.length));
  };
  for (const node of [which, k, order]) node.addEventListener("change", () => { page = 0; draw(); });
  await draw();
};
