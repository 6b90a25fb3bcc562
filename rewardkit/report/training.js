"use strict";
(() => {
  // Curves over the steps of a run. As in the other script, every string enters the page as a text node.
  const { training } = JSON.parse(document.getElementById("data").textContent);
  const place = document.getElementById("training");
  if (!training) { place.remove(); return; }
  place.hidden = false;

  const h = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const svg = (tag, attributes = {}, ...children) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const round = (value) => (Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3))));

  const list = document.getElementById("alarms");
  if (!training.alarms.length) list.append(h("li", { class: "quiet" }, "No alarms: nothing rose suddenly, drifted or took over."));
  for (const alarm of training.alarms) {
    const links = alarm.rows.flatMap((number) => [" ", h("a", { href: `#row-${number}` }, `row ${number}`)]);
    list.append(h("li", {}, h("b", {}, alarm.kind), ` ${alarm.text}.`, ...links));
  }

  const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [520, 200, 44, 12, 10, 22];
  const { steps } = training;
  const span = Math.max(training.last - steps[0], 1);
  const x = (step) => LEFT + ((step - steps[0]) / span) * (WIDTH - LEFT - RIGHT);

  const chart = (title, curves) => {
    const values = Object.values(curves).flat().filter((value) => value !== null);
    if (!values.length) return null;
    let [low, high] = [Math.min(0, ...values), Math.max(...values)];
    if (title !== "Length") high = Math.max(high, 1);
    if (high === low) high = low + 1;
    const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const node = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title} over steps ${steps[0]} to ${training.last}` });
    for (const value of [low, (low + high) / 2, high]) {
      node.append(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
        svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, round(value)));
    }
    for (const [step, anchor] of [[steps[0], "start"], [training.last, "end"]]) node.append(svg("text", { x: x(step), y: HEIGHT - 5, "text-anchor": anchor }, step));
    for (const alarm of training.alarms) node.append(svg("line", { class: "alarm", x1: x(alarm.first), x2: x(alarm.first), y1: TOP, y2: HEIGHT - BOTTOM }, svg("title", {}, alarm.text)));
    const legend = h("ul", { class: "legend" });
    Object.entries(curves).forEach(([name, series], i) => {
      let path = "";
      series.forEach((value, at) => {
        if (value === null) return;
        path += `${path && series[at - 1] !== null ? "L" : "M"}${x(steps[at]).toFixed(1)} ${y(value).toFixed(1)}`;
      });
      node.append(svg("path", { class: `curve curve-${i % 9}`, d: path }, svg("title", {}, name)));
      const known = series.filter((value) => value !== null);
      legend.append(h("li", {}, h("span", { class: `swatch curve-${i % 9}`, "aria-hidden": "true" }), ` ${name} `, h("small", {}, known.length ? `${round(known[0])} → ${round(known.at(-1))}` : "")));
    });
    const unit = title === "Length" ? ` (${training.length_unit})` : "";
    return h("section", { class: "panel" }, h("h2", {}, title + unit), node, legend);
  };
  document.getElementById("curves").append(...Object.entries(training.curves).map(([title, curves]) => chart(title, curves)).filter(Boolean));
})();
