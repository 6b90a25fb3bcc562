// How rewards are spread: a bar a bin, its number above it.
const drawHistogram = ({ low, high, counts }) => {
  const [width, height, top, bottom] = [560, 230, 34, 24];
  const most = Math.max(...counts);
  const step = width / counts.length;
  const crowded = counts.filter(Boolean).length > 8;
  const edge = (i) => low + ((high - low) * i) / counts.length;
  const x = (value) => ((value - low) / (high - low)) * width;
  const node = svg("svg", { viewBox: `0 0 ${width} ${height}` });
  counts.forEach((n, i) => {
    if (!n) return;
    const size = Math.max((n / most) * (height - top - bottom), 1.5);
    const of = edge(i + 1) >= 1 ? "bin right" : edge(i) <= 0 ? "bin wrong" : "bin";
    node.append(svg("rect", { class: of, x: i * step + 1, width: step - 2, y: height - bottom - size, height: size }),
      svg("text", { x: (i + 0.5) * step, y: height - bottom - size - 5, "text-anchor": "middle" }, crowded ? COMPACT.format(n) : whole(n)));
  });
  node.append(svg("line", { class: "axis", x1: 0, x2: width, y1: height - bottom, y2: height - bottom }));
  for (let i = 0; i <= 4; i += 1) {
    const value = low + ((high - low) * i) / 4;
    node.append(svg("text", { x: x(value), y: height - 6, "text-anchor": i === 0 ? "start" : i === 4 ? "end" : "middle" }, String(Number(value.toFixed(2)))));
  }
  if (known(totals.mean)) {
    const at = Math.min(Math.max(x(totals.mean), 0), width);
    const anchor = at > width * 0.85 ? "end" : at < width * 0.15 ? "start" : "middle";
    node.append(svg("line", { class: "mean", x1: at, x2: at, y1: 16, y2: height - bottom }),
      svg("text", { class: "mean-label", x: at, y: 10, "text-anchor": anchor }, `mean ${mean(totals.mean)}`));
  }
  const range = (i) => `${short(edge(i))} to ${short(edge(i + 1))}`;
  const figure = withCursor(node, {
    label: `Histogram of ${count(totals.scored, "reward")} from ${short(low)} to ${short(high)}, mean ${mean(totals.mean)}`,
    size: counts.length, top: 16, bottom: height - bottom,
    x: (i) => (i + 0.5) * step,
    nearest: (at) => Math.floor(at / step),
    say: (i) => [`reward ${range(i)}`, `${count(counts[i], "row")}, ${percent(counts[i], totals.scored)}`],
  });
  return [figure, asTable("Rewards", [["Reward"], ["Rows", "number"], ["Share", "number"]], () =>
    counts.map((n, i) => line(head(range(i)), number(whole(n)), number(percent(n, totals.scored)))))];
};
