"use strict";
(() => {
  // Nothing here builds markup from text: every string of the data enters the page as a text node.
  const data = JSON.parse(document.getElementById("data").textContent);
  const { totals } = data;
  const rows = data.rows.map((values) => Object.fromEntries(data.columns.map((name, i) => [name, values[i]])));
  const places = new Map(rows.map((row, i) => [row.number, i]));
  const PAGE = 50;

  const $ = (id) => document.getElementById(id);
  const h = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "share") node.style.setProperty("--share", value);
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const svg = (tag, attributes = {}, ...children) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  const whole = new Intl.NumberFormat("en");
  const count = (n, word) => `${whole.format(n)} ${word}${n === 1 ? "" : "s"}`;
  const score = (value) => (value === null ? "–" : Number.isInteger(value) ? String(value) : value.toFixed(3));
  const mean = (value) => (value === null ? "–" : value.toFixed(3));
  const percent = (part, all) => {
    if (!all) return "–";
    const share = (100 * part) / all;
    if (share > 0 && share < 0.1) return "<0.1 %";
    if (share < 100 && share > 99.9) return ">99.9 %";
    return `${share % 1 ? share.toFixed(1) : share} %`;
  };
  const time = (s) => {
    if (!s) return "–";
    const [unit, scale] = s >= 1 ? ["s", 1] : s >= 1e-3 ? ["ms", 1e3] : ["µs", 1e6];
    const value = s * scale;
    return `${value >= 100 ? whole.format(Math.round(value)) : value.toPrecision(2)} ${unit}`;
  };
  const GLYPHS = { right: "●", partial: "◐", wrong: "○", abstained: "–", error: "×" };
  const kind = (status, reward) =>
    status !== "scored" ? (status === "error" ? "error" : "abstained") : reward >= 1 ? "right" : reward > 0 ? "partial" : "wrong";
  const glyph = (of) => h("span", { class: `glyph ${of}`, "aria-hidden": "true" }, GLYPHS[of]);
  const bar = (part, all, of = "") =>
    h("span", { class: "bar", "aria-hidden": "true" }, part ? h("span", { class: `fill ${of}`, share: `${(100 * part) / all}%` }) : null);
  const table = (heads, body) =>
    h("table", {}, h("thead", {}, h("tr", {}, ...heads.map(([text, of]) => h("th", { scope: "col", class: of || "" }, text)))), h("tbody", {}, ...body));
  const empty = (text) => h("p", { class: "empty" }, text);

  // Headline
  const b = (text) => h("b", {}, text);
  if (!totals.rows) $("summary").append("There are no rows.");
  else if (totals.mean === null) $("summary").append(b(count(totals.rows, "row")), ", none of them scored.");
  else {
    $("summary").append(b(count(totals.rows, "row")), ", mean reward ", b(mean(totals.mean)), ` over the ${whole.format(totals.scored)} scored. `);
    const undecided = [totals.abstained && `${whole.format(totals.abstained)} abstained`, totals.error && `${count(totals.error, "error")}`];
    const said = undecided.filter(Boolean);
    $("summary").append(said.length ? `${said.join(", ")}: left out of the mean.` : "Every row was decided.");
  }
  const figure = (name, value, note) => h("div", {}, h("dt", {}, name), h("dd", {}, value, h("small", {}, note)));
  const rate = totals.per_second;
  $("figures").append(
    figure("Rows", whole.format(totals.rows), "in the file"),
    figure("Mean reward", mean(totals.mean), "over scored rows"),
    ...["scored", "abstained", "error"].map((name) =>
      figure(name === "error" ? "Errors" : name[0].toUpperCase() + name.slice(1), percent(totals[name], totals.rows), count(totals[name], "row"))),
    figure("Rows a second", rate === null ? "–" : whole.format(rate >= 10 ? Math.round(rate) : Number(rate.toPrecision(2))),
      rate === null ? "no times recorded" : `${time(totals.seconds)} of verifying`),
  );
  const partial = totals.scored - totals.full - totals.none;
  const shares = [["right", "full reward", totals.full], ["partial", "part of it", partial], ["wrong", "reward 0", totals.none],
    ["abstained", "abstained", totals.abstained], ["error", "error", totals.error]].filter(([, , n]) => n > 0);
  $("strip").append(...shares.map(([of, , n]) => h("span", { class: of, share: n })));
  $("legend").append(...shares.map(([of, name, n]) => h("li", {}, glyph(of), ` ${name} ${percent(n, totals.rows)}`)));

  // Panels
  const choose = (id, value) => () => {
    clear();
    $(id).value = value;
    refresh();
    $("rows").scrollIntoView();
    $("rows").focus({ preventScroll: true });
  };
  if (!totals.routed) $("routes-title").textContent = "By verifier";
  const routeFilter = (name) => () => { clear(); $("query").value = `route:${name}`; refresh(); $("rows").scrollIntoView(); $("rows").focus({ preventScroll: true }); };
  $("routes").append(totals.rows ? table(
    [[totals.routed ? "Route" : "Verifier"], ["Rows", "number"], ["Mean", "number"], ["", "bar-cell"], ["Undecided", "number"], ["Time a row", "number"]],
    totals.routes.map((r) => h("tr", {},
      h("th", { scope: "row" }, h("button", { type: "button", class: "link", onclick: totals.routed ? routeFilter(r.name) : choose("verifier", r.name) }, r.name)),
      h("td", { class: "number" }, whole.format(r.rows)),
      h("td", { class: "number" }, mean(r.mean)),
      h("td", { class: "bar-cell" }, bar(Math.min(Math.max(r.mean || 0, 0), 1), 1, "right")),
      h("td", { class: "number" }, r.abstained + r.error ? whole.format(r.abstained + r.error) : "–"),
      h("td", { class: "number" }, time(r.seconds / r.rows)))),
  ) : empty("No rows."));
  if (totals.calls) $("routes").append(table(
    [["Judged on"], ["Calls", "number"], ["Tokens", "number"], ...(totals.cost ? [["Cost", "number"]] : [])],
    totals.routes.filter((r) => r.calls).map((r) => h("tr", {},
      h("th", { scope: "row" }, r.name),
      h("td", { class: "number" }, whole.format(r.calls)),
      h("td", { class: "number" }, whole.format(r.tokens)),
      totals.cost ? h("td", { class: "number" }, r.cost.toPrecision(3)) : null)),
  ));
  $("reasons").append(totals.rows ? table([["Reason"], ["Rows", "number"], ["", "bar-cell"], ["Share", "number"]],
    totals.reasons.map((r) => h("tr", {},
      h("th", { scope: "row" }, glyph(kind(r.status, r.mean)), " ",
        h("button", { type: "button", class: "link", onclick: choose("reason", r.name) }, r.name), r.meaning ? h("small", {}, r.meaning) : null),
      h("td", { class: "number" }, whole.format(r.rows)),
      h("td", { class: "bar-cell" }, bar(r.rows, totals.reasons[0].rows, kind(r.status, r.mean))),
      h("td", { class: "number" }, percent(r.rows, totals.rows)))),
  ) : empty("No rows."));
  $("slowest").append(totals.slowest.length ? table([["Row"], ["Reason"], ["", "bar-cell"], ["Time", "number"]],
    totals.slowest.map((r) => h("tr", {},
      h("th", { scope: "row" }, places.has(r.number) ? h("button", { type: "button", class: "link", onclick: () => show(r.number) }, r.id) : r.id),
      h("td", {}, r.reason),
      h("td", { class: "bar-cell" }, bar(r.seconds, totals.slowest[0].seconds)),
      h("td", { class: "number" }, time(r.seconds)))),
  ) : empty("No times were recorded."));

  const { prompts } = data;
  if (prompts) {
    $("prompts-panel").hidden = false;
    const line = (name, note, part, all) => h("tr", {}, h("th", { scope: "row" }, name, h("small", {}, note)),
      h("td", { class: "bar-cell" }, bar(part, all, "right")), h("td", { class: "number" }, percent(part, all)));
    $("prompts").append(table([[count(prompts.groups, "prompt")], ["", "bar-cell"], ["Share", "number"]], [
      ...prompts.pass_at.map((p) => line(`pass@${p.k}`, `over ${count(p.groups, "prompt")} with ${p.k} or more scored completions`, p.share, 1)),
      prompts.majority === null ? null : line("majority", "the most frequent answer is right", prompts.majority, 1),
      line("without spread", `every reward is the same: right in ${whole.format(prompts.flat_right)}, 0 in ${whole.format(prompts.flat_wrong)}`, prompts.flat, prompts.groups),
      line("too few rewards", "fewer than two completions have a reward", prompts.undecided, prompts.groups),
    ].filter(Boolean)));
  }

  const drawHistogram = ({ low, high, counts }) => {
    const [width, height, top, bottom] = [560, 230, 34, 24];
    const most = Math.max(...counts);
    const step = width / counts.length;
    const label = counts.filter(Boolean).length > 8 ? new Intl.NumberFormat("en", { notation: "compact" }) : whole;
    const x = (value) => ((value - low) / (high - low)) * width;
    const node = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
    node.setAttribute("aria-label", `Histogram of ${count(totals.scored, "reward")} from ${low} to ${high}, mean ${mean(totals.mean)}`);
    counts.forEach((n, i) => {
      if (!n) return;
      const size = Math.max((n / most) * (height - top - bottom), 1.5);
      const [from, to] = [low + ((high - low) * i) / counts.length, low + ((high - low) * (i + 1)) / counts.length];
      const of = to >= 1 ? "bin right" : from <= 0 ? "bin wrong" : "bin";
      const rect = svg("rect", { class: of, x: i * step + 1, width: step - 2, y: height - bottom - size, height: size });
      rect.append(svg("title", {}, `${score(from)} to ${score(to)}: ${count(n, "row")}`));
      node.append(rect, svg("text", { x: (i + 0.5) * step, y: height - bottom - size - 5, "text-anchor": "middle" }, label.format(n)));
    });
    node.append(svg("line", { class: "axis", x1: 0, x2: width, y1: height - bottom, y2: height - bottom }));
    for (let i = 0; i <= 4; i += 1) {
      const value = low + ((high - low) * i) / 4;
      node.append(svg("text", { x: x(value), y: height - 6, "text-anchor": i === 0 ? "start" : i === 4 ? "end" : "middle" }, String(Number(value.toFixed(2)))));
    }
    const at = x(totals.mean);
    node.append(svg("line", { class: "mean", x1: at, x2: at, y1: 16, y2: height - bottom }),
      svg("text", { class: "mean-label", x: at, y: 10, "text-anchor": at > width * 0.85 ? "end" : at < width * 0.15 ? "start" : "middle" }, `mean ${mean(totals.mean)}`));
    return node;
  };
  $("histogram").append(totals.histogram ? drawHistogram(totals.histogram) : empty("No row has a reward."));

  // Rows
  const COLUMNS = [["id", "Row", "number"], ["reward", "Reward", "reward"], ["reason", "Reason", "reason"], ["answer", "Answer", "answer"],
    ["extracted", "Extracted", "extracted"], ["verifier", "Verifier", "verifier"], ["seconds", "Time", "seconds"]];
  const plain = (text) => (Array.isArray(text) ? `${text[0]} … ${text[2]}` : text === null ? "" : String(text));
  const haystacks = new Array(rows.length);
  const haystack = (i) => (haystacks[i] ??= [rows[i].id, rows[i].reason, rows[i].verifier, rows[i].route, rows[i].answer, rows[i].extracted,
    rows[i].completion, rows[i].prompt, rows[i].info].map(plain).join("\n").toLowerCase());
  let sort = { key: "number", down: false };
  let found = [];
  let page = 0;
  const open = new Set();

  const fill = (id, name) => {
    const counts = new Map();
    for (const row of rows) counts.set(row[name], (counts.get(row[name]) || 0) + 1);
    $(id).append(h("option", { value: "" }, "all"), ...[...counts].sort((x, y) => y[1] - x[1]).map(([value, n]) => h("option", { value: value }, `${value} (${whole.format(n)})`)));
  };
  const compare = (x, y) => {
    const [p, q] = [rows[x][sort.key], rows[y][sort.key]];
    const [noP, noQ] = [p === null, q === null];
    // Rows without a value stay last whichever way the column is sorted.
    if (noP || noQ) return noP - noQ || x - y;
    const order = typeof p === "number" ? p - q : plain(p) < plain(q) ? -1 : plain(p) > plain(q) ? 1 : 0;
    return (sort.down ? -order : order) || x - y;
  };
  function clear() {
    for (const id of ["query", "status", "reason", "verifier"]) $(id).value = "";
  }
  function refresh() {
    const [status, reason, verifier] = ["status", "reason", "verifier"].map((id) => $(id).value);
    const words = $("query").value.toLowerCase().trim();
    const route = words.startsWith("route:") ? words.slice(6).trim() : null;
    found = [];
    rows.forEach((row, i) => {
      if ((status && row.status !== status) || (reason && row.reason !== reason) || (verifier && row.verifier !== verifier)) return;
      if (route !== null ? (row.route || row.verifier).toLowerCase() !== route : words && !haystack(i).includes(words)) return;
      found.push(i);
    });
    if (sort.key !== "number" || sort.down) found.sort(compare);
    page = 0;
    draw();
  }
  function draw() {
    const pages = Math.max(Math.ceil(found.length / PAGE), 1);
    const first = page * PAGE;
    const shown = found.slice(first, first + PAGE);
    $("body").replaceChildren(...shown.flatMap((i) => drawRow(rows[i])));
    for (const mark of $("body").querySelectorAll("mark")) {
      const box = mark.closest("pre");
      box.scrollTop = mark.offsetTop - box.offsetTop - box.clientHeight / 2;
    }
    $("count").textContent = found.length === rows.length ? count(rows.length, "row") : `${whole.format(found.length)} of ${count(rows.length, "row")}`;
    $("table").hidden = !found.length;
    $("nothing").hidden = Boolean(found.length);
    $("nothing").textContent = rows.length ? "No row fits these filters." : "Nothing has been scored yet.";
    const go = (text, to, off) => {
      const button = h("button", { type: "button", onclick: () => { page = to; draw(); $("rows").scrollIntoView(); $("rows").focus({ preventScroll: true }); } }, text);
      button.disabled = off;
      return button;
    };
    $("pager").hidden = pages === 1;
    $("pager").replaceChildren(go("First", 0, page === 0), go("Previous", page - 1, page === 0),
      h("span", {}, `${whole.format(first + 1)}–${whole.format(first + shown.length)} of ${whole.format(found.length)}`),
      go("Next", page + 1, page === pages - 1), go("Last", pages - 1, page === pages - 1));
    for (const head of $("heads").children) {
      const down = head.dataset.key === sort.key ? (sort.down ? "descending" : "ascending") : null;
      if (down) head.setAttribute("aria-sort", down);
      else head.removeAttribute("aria-sort");
      head.firstChild.textContent = head.dataset.name + (down ? (sort.down ? " ↓" : " ↑") : "");
    }
  }
  // A cell that spans hidden columns would bring them back as empty ones.
  const visible = () => [...$("heads").children].filter((head) => head.offsetWidth).length || COLUMNS.length;
  function drawRow(row) {
    const of = kind(row.status, row.reward);
    const isOpen = open.has(row.number);
    const cell = (name, text, more = "") => h("td", { role: "cell", class: `c-${name} ${more}` }, text);
    const button = h("button", { type: "button", "aria-expanded": String(isOpen), title: row.id, "data-row": row.number }, row.id);
    const line = h("tr", { role: "row", class: `row${isOpen ? " open" : ""}`, onclick: () => toggle(row) },
      cell("id", button, "id"),
      h("td", { role: "cell", class: "c-reward" }, glyph(of), ` ${score(row.reward)}`),
      cell("reason", row.reason),
      cell("answer", plain(row.answer).slice(0, 200), "text"),
      cell("extracted", plain(row.extracted).slice(0, 200) || "–", "text"),
      cell("verifier", row.verifier, "dim"),
      cell("seconds", time(row.seconds), "number dim"));
    return isOpen ? [line, h("tr", { role: "row" }, h("td", { role: "cell", class: "trace", colspan: visible() }, trace(row)))] : [line];
  }
  function toggle(row) {
    if (String(getSelection()).trim()) return;
    if (!open.delete(row.number)) open.add(row.number);
    draw();
    document.querySelector(`[data-row="${row.number}"]`).focus({ preventScroll: true });
  }
  function show(number) {
    clear();
    sort = { key: "number", down: false };
    open.add(number);
    refresh();
    page = Math.floor(places.get(number) / PAGE);
    draw();
    const button = document.querySelector(`[data-row="${number}"]`);
    button.scrollIntoView({ block: "center" });
    button.focus({ preventScroll: true });
  }

  // The extracted answer inside the completion: after a tag, box or marker if it stands there, else its last whole occurrence.
  const span = (text, wanted) => {
    if (!wanted) return null;
    let last = null;
    let any = null;
    for (let at = text.lastIndexOf(wanted); at >= 0; at = at ? text.lastIndexOf(wanted, at - 1) : -1) {
      const [before, after] = [text.slice(Math.max(at - 12, 0), at), text.slice(at + wanted.length, at + wanted.length + 1)];
      if (/(<answer>|boxed\{|####)\s*$/.test(before)) return at;
      any ??= at;
      if (!/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after)) last ??= at;
    }
    return last ?? any;
  };
  const pieces = (text, wanted) => {
    const at = span(text, wanted);
    return at === null ? [text] : [text.slice(0, at), h("mark", {}, wanted), text.slice(at + wanted.length)];
  };
  const shown = (text, wanted) => {
    if (!Array.isArray(text)) return pieces(text, wanted);
    const [head, omitted, tail] = text;
    const inTail = span(tail, wanted) !== null;
    return [...pieces(head, inTail ? null : wanted), h("span", { class: "gap" }, `${count(omitted, "character")} left out`), ...pieces(tail, wanted)];
  };
  function trace(row) {
    const wanted = typeof row.extracted === "string" ? row.extracted : null;
    const part = (name, ...children) => [h("dt", {}, name), h("dd", {}, ...children)];
    const block = (name, text, mark = null) => (text === null || text === "" ? [] : part(name, h("pre", { tabindex: 0 }, ...shown(text, mark))));
    const verdict = `${row.status === "scored" ? score(row.reward) : "no reward"}: ${row.status}, ${row.reason}`;
    const meaning = totals.reasons.find((r) => r.name === row.reason && r.status === row.status)?.meaning;
    return h("dl", {},
      ...part("Verdict", verdict + (meaning ? ` (${meaning})` : "")),
      ...part("Decided by", row.verifier + (row.route ? `, on route ${row.route}` : "")),
      ...block("Prompt", row.prompt), ...block("Answer", row.answer),
      ...(row.extracted === null ? part("Extracted", "nothing") : block("Extracted", row.extracted)),
      ...block("Completion", row.completion, wanted), ...block("Info", row.info));
  }

  // Controls
  for (const [key, name, sortKey] of COLUMNS) {
    const onclick = () => {
      sort = { key: sortKey, down: sort.key === sortKey ? !sort.down : ["reward", "seconds"].includes(sortKey) };
      refresh();
    };
    $("heads").append(h("th", { role: "columnheader", scope: "col", class: `c-${key}${key === "seconds" ? " number" : ""}`, "data-key": sortKey, "data-name": name },
      h("button", { type: "button", onclick }, name)));
  }
  for (const id of ["status", "reason", "verifier"]) {
    fill(id, id);
    $(id).addEventListener("change", refresh);
  }
  let waiting = 0;
  $("query").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(refresh, 150); });
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("reset").addEventListener("click", () => { clear(); refresh(); $("query").focus(); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); $("query").focus(); }
    if (event.key === "Escape" && event.target === $("query")) { clear(); refresh(); }
    const buttons = [...$("body").querySelectorAll("[data-row]")];
    const here = buttons.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && here >= 0) { event.preventDefault(); buttons[here + step]?.focus(); }
  });
  const linked = () => {
    const number = Number(/^#row-(\d+)$/.exec(location.hash)?.[1]);
    if (places.has(number)) show(number);
  };
  addEventListener("hashchange", linked);
  matchMedia("(max-width: 45rem)").addEventListener("change", draw);
  const notes = [];
  const cut = rows.some((row) => [row.prompt, row.answer, row.extracted, row.completion, row.info].some(Array.isArray));
  if (cut) notes.push(`Texts longer than ${count(data.text_limit, "character")} are cut in the middle; search sees what is left.`);
  if (rows.length < totals.rows) notes.push(`The table holds ${whole.format(rows.length)} of ${count(totals.rows, "row")}; the totals count all.`);
  $("notes").textContent = notes.join(" ");
  refresh();
  linked();
})();
