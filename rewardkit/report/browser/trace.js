// One row in full, with the extracted answer marked in its completion: after a tag, box or marker if it stands there, else its last whole occurrence.
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
const marked = (text, wanted) => {
  if (!Array.isArray(text)) return pieces(text, wanted);
  const [start, omitted, tail] = text;
  const inTail = span(tail, wanted) !== null;
  return [...pieces(start, inTail ? null : wanted), h("span", { class: "gap" }, `${count(omitted, "character")} left out`), ...pieces(tail, wanted)];
};
const inLines = (json) => {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
};
const trace = (row) => {
  const wanted = typeof row.extracted === "string" ? row.extracted : null;
  const part = (name, ...children) => [h("dt", {}, name), h("dd", {}, ...children)];
  const block = (name, text, mark = null) =>
    (text === null || text === "" ? [] : part(name, h("pre", { tabindex: 0, role: "region", "aria-label": name }, ...marked(text, mark))));
  const verdict = `${row.status === "scored" ? score(row.reward) : "no reward"}: ${plain(row.status)}, ${plain(row.reason)}`;
  return h("dl", {},
    ...part("Verdict", verdict + (meaning(row.reason) ? ` (${meaning(row.reason)})` : "")),
    ...part("Decided by", plain(row.verifier) + (row.route ? `, on route ${plain(row.route)}` : "")),
    ...block("Parts", row.parts), ...block("Prompt", row.prompt), ...block("Answer", row.answer),
    ...(row.extracted === null ? part("Extracted", "nothing") : block("Extracted", row.extracted)),
    ...block("Completion", row.completion, wanted), ...block("Info", typeof row.info === "string" ? inLines(row.info) : row.info),
    ...part("Link", linkTo(`row ${whole(row.number)}, with this filter`, { row: row.number })));
};
