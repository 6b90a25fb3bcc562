// Routes and reasons, each of the rows that the other filters leave, and what took time; every name is a link that adds its filter.
const chosen = (at, but) => {
  const others = FILTERS.filter((name) => name !== but && at[name]).map((name) => `${name} ${at[name]}`);
  return others.length ? h("p", { class: "note" }, `Of the rows with ${others.join(", ")}.`) : null;
};
const BY = totals.routed ? "route" : "verifier";
const drawRoutes = (at) => {
  const routes = merged(kinds.filter((kind) => fits(kind, at, BY)), BY);
  $("routes").replaceChildren(chosen(at, BY) ?? "", routes.length ? table(
    "By route", [[totals.routed ? "Route" : "Verifier"], ["Rows", "number"], ["Mean", "number"], ["", "bar-cell"], ["No reward", "number"]],
    routes.map((r) => line(
      head(linkTo(r.name, { [BY]: r.name }, { "aria-current": at[BY] === r.name ? "true" : null })), number(whole(r.rows)),
      number(mean(r.scored ? r.reward / r.scored : null)), bar(r.scored ? r.reward / r.scored : 0, 1, "right"),
      number(r.rows > r.scored ? whole(r.rows - r.scored) : "–")))) : empty("No rows."));
};
const drawReasons = (at) => {
  const reasons = merged(kinds.filter((kind) => fits(kind, at, "reason")), "reason");
  const all = reasons.reduce((sum, r) => sum + r.rows, 0);
  $("reasons").replaceChildren(chosen(at, "reason") ?? "", reasons.length ? table(
    "By reason", [["Reason"], ["Rows", "number"], ["", "bar-cell"], ["Share", "number"]],
    reasons.map((r) => {
      const of = outcome(r.status, r.scored ? r.reward / r.scored : null);
      return line(head(glyph(of), " ", linkTo(r.name, { reason: r.name }, { "aria-current": at.reason === r.name ? "true" : null }),
        meaning(r.name) ? h("small", {}, meaning(r.name)) : null),
      number(whole(r.rows)), bar(r.rows, reasons[0].rows, of), number(percent(r.rows, all)));
    })) : empty("No rows."));
};
const drawTimes = () => {
  const { times } = totals;
  $("times").append(times.length ? table(
    "Time by route", [[totals.routed ? "Route" : "Verifier"], ["In all", "number"], ["", "bar-cell"],
      ["Median", "number"], ["95 % below", "number"], ["Slowest", "number"]],
    times.map((r) => line(head(linkTo(r.name, { [BY]: formed(r.name) })), number(time(r.seconds)), bar(r.seconds, times[0].seconds),
      number(time(r.median)), number(time(r.high)), number(time(r.most))))) : empty("No times were recorded."));
  $("slowest").append(totals.slowest.length ? table(
    "Slowest rows", [["Row"], ["Reason"], ["", "bar-cell"], ["Time", "number"]],
    totals.slowest.map((r) => line(head(linkTo(r.id, alone(r.number))), h("td", {}, r.reason),
      bar(r.seconds, totals.slowest[0].seconds), number(time(r.seconds))))) : empty("No times were recorded."));
};
const drawParts = (parts) => {
  if (!parts.length) return;
  $("parts-panel").hidden = false;
  $("parts").append(table(
    "Parts of the reward", [["Part"], ["Weight", "number"], ["Rows", "number"], ["Mean", "number"], ["", "bar-cell"],
      ["Full", "number"], ["0", "number"], ["No score", "number"]],
    parts.map((p) => line(head(p.name), number(known(p.weight) ? short(p.weight) : "–"), number(whole(p.rows)), number(mean(p.mean)), bar(p.mean ?? 0, 1, "right"),
      number(percent(p.full, p.scored)), number(percent(p.none, p.scored)), number(p.rows > p.scored ? whole(p.rows - p.scored) : "–")))));
};
