// What judging cost, where verdicts come from, and how often two that saw the same row agree.
const FROM = {
  rule: "a rule or the guard", judged: "asked of the judge", shared: "shared with an equal answer", cached: "kept from before",
  withheld: "not asked: the budget was spent",
};
const drawJudges = (judges) => {
  const asked = merged(kinds, "route").filter((r) => r.calls);
  if (!judges && !asked.length) return;
  $("judges-panel").hidden = false;
  const paid = asked.some((r) => r.cost);
  const prices = paid ? [["Cost", "number"], ["1,000 rows", "number"]] : [];
  if (asked.length) $("judges").append(h("h3", {}, "Cost"), table(
    "What judging cost", [["Route"], ["Calls", "number"], ["A row", "number"], ["Tokens", "number"], ...prices],
    asked.map((r) => line(head(r.name), number(whole(r.calls)), number(short(r.calls / r.rows)), number(whole(r.tokens)),
      ...(paid ? [number(r.cost.toPrecision(3)), number(((1000 * r.cost) / r.rows).toPrecision(3))] : [])))));
  if (!judges) return;
  const from = Object.entries(judges.sources);
  const all = from.reduce((sum, [, n]) => sum + n, 0);
  if (from.length) $("judges").append(h("h3", {}, "Where verdicts come from"), table(
    "Where verdicts come from", [["From"], ["Rows", "number"], ["", "bar-cell"], ["Share", "number"]],
    from.map(([name, n]) => line(head(FROM[name]), number(whole(n)), bar(n, all), number(percent(n, all))))));
  const { pairs, votes } = judges;
  if (pairs.length || votes) $("judges").append(h("h3", {}, "Agreement"));
  if (pairs.length) $("judges").append(table(
    "Agreement", [["First"], ["Second"], ["Rows", "number"], ["Agree", "number"], ["", "bar-cell"],
      ["Only first accepts", "number"], ["Only second accepts", "number"]],
    pairs.map((p) => line(head(p.first, h("small", {}, p.how)), h("td", {}, p.second), number(whole(p.rows)), number(percent(p.same, p.rows)),
      bar(p.same, p.rows, "right"), number(whole(p.only_first)), number(whole(p.only_second))))));
  if (votes) $("judges").append(h("p", { class: "note" },
    `Votes: all of one mind on ${percent(votes.one_mind, votes.rows)} of ${count(votes.rows, "row")};`,
    ` the larger side has ${percent(votes.share, 1)} of them on average.`));
};
