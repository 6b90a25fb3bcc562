// The first screen: one sentence, six figures, and a strip of what the rows got.
const drawHeadline = () => {
  const b = (text) => h("b", {}, text);
  if (!totals.rows) $("summary").append("There are no rows.");
  else if (!totals.scored) $("summary").append(b(count(totals.rows, "row")), ", none of them scored.");
  else {
    $("summary").append(b(count(totals.rows, "row")), ", mean reward ", b(mean(totals.mean)), ` over the ${whole(totals.scored)} scored. `);
    const said = [totals.abstained && `${whole(totals.abstained)} abstained`, totals.error && count(totals.error, "error")].filter(Boolean);
    $("summary").append(said.length ? `${said.join(", ")}: left out of the mean.` : "Every row has a reward.");
  }
  const figure = (name, value, note) => h("div", {}, h("dt", {}, name), h("dd", {}, value, h("small", {}, note)));
  const rate = totals.per_second;
  $("figures").append(
    figure("Rows", whole(totals.rows), "in the file"),
    figure("Mean reward", mean(totals.mean), "over scored rows"),
    ...[["scored", "Scored"], ["abstained", "Abstained"], ["error", "Errors"]].map(([name, title]) =>
      figure(title, percent(totals[name], totals.rows), count(totals[name], "row"))),
    figure("Rows a second", known(rate) ? whole(rate >= 10 ? Math.round(rate) : Number(rate.toPrecision(2))) : "–",
      known(rate) ? `${time(totals.seconds)} of verifying` : "no times recorded"),
  );
  const partial = totals.scored - totals.full - totals.none;
  const shares = [["right", "full reward", totals.full], ["partial", "part of it", partial], ["wrong", "reward 0", totals.none],
    ["abstained", "abstained", totals.abstained], ["error", "error", totals.error]].filter(([, , n]) => n > 0);
  $("strip").append(...shares.map(([of, name, n]) => h("span", { class: of, share: n, title: `${name}: ${count(n, "row")}, ${percent(n, totals.rows)}` })));
  $("legend").append(...shares.map(([of, name, n]) => h("li", {}, glyph(of), ` ${name} ${percent(n, totals.rows)}`)));
};
