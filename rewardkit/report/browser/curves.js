// Curves over the steps of a run, its alarms, and the rows that show them.
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [520, 200, 44, 12, 10, 22];
const drawCurves = (training, title, curves) => {
  const { steps } = training;
  const values = Object.values(curves).flat().filter(known);
  if (!values.length) return null;
  let [low, high] = [Math.min(0, ...values), Math.max(...values)];
  if (title !== "Length") high = Math.max(high, 1);
  if (high === low) high = low + 1;
  const span = Math.max(training.last - steps[0], 1);
  const x = (step) => LEFT + ((step - steps[0]) / span) * (WIDTH - LEFT - RIGHT);
  const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const node = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}` });
  for (const value of [low, (low + high) / 2, high]) {
    node.append(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
      svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, short(value)));
  }
  for (const [step, anchor] of [[steps[0], "start"], [training.last, "end"]]) node.append(svg("text", { x: x(step), y: HEIGHT - 5, "text-anchor": anchor }, step));
  for (const alarm of training.alarms) node.append(svg("line", { class: "alarm", x1: x(alarm.first), x2: x(alarm.first), y1: TOP, y2: HEIGHT - BOTTOM }));
  const legend = h("ul", { class: "legend" });
  Object.entries(curves).forEach(([name, series], i) => {
    let path = "";
    series.forEach((value, at) => {
      if (known(value)) path += `${path && known(series[at - 1]) ? "L" : "M"}${x(steps[at]).toFixed(1)} ${y(value).toFixed(1)}`;
    });
    node.append(svg("path", { class: `curve curve-${i % 9}`, d: path }));
    const told = series.filter(known);
    const ends = told.length ? `${short(told[0])} → ${short(told[told.length - 1])}` : "";
    legend.append(h("li", {}, h("span", { class: `swatch curve-${i % 9}`, "aria-hidden": "true" }), ` ${name} `, h("small", {}, ends)));
  });
  const named = title === "Length" ? `Length (${training.length_unit})` : title;
  const figure = withCursor(node, {
    label: `${named} over steps ${steps[0]} to ${training.last}`,
    size: steps.length, top: TOP, bottom: HEIGHT - BOTTOM,
    x: (i) => x(steps[i]),
    nearest: (at) => steps.reduce((best, step, i) => (Math.abs(x(step) - at) < Math.abs(x(steps[best]) - at) ? i : best), 0),
    say: (i) => [`step ${steps[i]}`, ...Object.entries(curves).filter(([, series]) => known(series[i])).map(([name, series]) => `${name} ${short(series[i])}`),
      ...training.alarms.filter((alarm) => alarm.first === steps[i]).map((alarm) => `alarm: ${alarm.text}`)],
  });
  const lines = () => steps.map((step, i) => line(head(step), ...Object.values(curves).map((series) => number(known(series[i]) ? short(series[i]) : "–"))));
  return h("section", { class: "panel" }, h("h3", {}, named), figure, legend,
    asTable(named, [["Step"], ...Object.keys(curves).map((name) => [name, "number"])], lines));
};
const drawTraining = (training) => {
  if (!training) return;
  $("training").hidden = false;
  if (!training.alarms.length) $("alarms").append(h("li", { class: "quiet" }, "No alarms: nothing rose suddenly, drifted or took over."));
  for (const alarm of training.alarms) {
    const links = alarm.rows.flatMap((at) => [" ", linkTo(`row ${whole(at)}`, alone(at))]);
    $("alarms").append(h("li", {}, h("b", {}, alarm.kind), ` ${alarm.text}.`, ...links));
  }
  $("curves").append(...Object.entries(training.curves).map(([title, curves]) => drawCurves(training, title, curves)).filter(Boolean));
};
