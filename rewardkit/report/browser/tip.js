// A chart's values under the pointer, and by the arrow keys where it has the focus: the same words for both.
const withCursor = (chart, { label, size, x, top, bottom, nearest, say }) => {
  const cursor = svg("line", { class: "cursor", y1: top, y2: bottom, visibility: "hidden" });
  const tip = h("p", { class: "tip", "aria-hidden": "true", hidden: "" });
  const figure = h("figure", { class: "chart" }, chart, tip);
  chart.append(cursor);
  set(chart, { role: "slider", tabindex: 0, "aria-label": label, "aria-valuemin": 0, "aria-valuemax": size - 1 });
  let here = -1;
  const show = (i) => {
    here = Math.min(Math.max(i, 0), size - 1);
    const lines = say(here);
    set(chart, { "aria-valuenow": here, "aria-valuetext": lines.join("; ") });
    set(cursor, { x1: x(here), x2: x(here), visibility: "visible" });
    tip.replaceChildren(...lines.map((text) => h("span", {}, text)));
    tip.hidden = false;
    const across = (x(here) / chart.viewBox.baseVal.width) * chart.clientWidth;
    tip.style.left = `${Math.min(Math.max(across - tip.offsetWidth / 2, 0), figure.clientWidth - tip.offsetWidth)}px`;
  };
  const hide = () => {
    tip.hidden = true;
    cursor.setAttribute("visibility", "hidden");
  };
  const move = (event) => {
    const box = chart.getBoundingClientRect();
    show(nearest(((event.clientX - box.left) / box.width) * chart.viewBox.baseVal.width));
  };
  set(chart, {
    "aria-valuenow": 0,
    "aria-valuetext": say(0).join("; "),
    onpointermove: move,
    onpointerdown: move,
    onpointerleave: hide,
    onblur: hide,
    onfocus: () => { if (chart.matches(":focus-visible")) show(Math.max(here, 0)); },
    onkeydown: (event) => {
      const to = { ArrowLeft: here - 1, ArrowDown: here - 1, ArrowRight: here + 1, ArrowUp: here + 1, Home: 0, End: size - 1 }[event.key];
      if (event.key === "Escape") hide();
      if (to === undefined) return;
      event.preventDefault();
      show(to);
    },
  });
  return figure;
};

// The same values as a table, made when it is opened.
const asTable = (label, heads, lines) => {
  const node = h("details", { class: "values" }, h("summary", {}, "Values as a table"));
  node.addEventListener("toggle", () => node.append(table(label, heads, lines())), { once: true });
  return node;
};
