// Numbers as words, and the one sign for each outcome.
const NUMBERS = new Intl.NumberFormat("en");
const COMPACT = new Intl.NumberFormat("en", { notation: "compact" });
const whole = (n) => NUMBERS.format(n);
const count = (n, word) => `${whole(n)} ${word}${n === 1 ? "" : "s"}`;
const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
const score = (value) => (!known(value) ? "–" : Number.isInteger(value) ? String(value) : value.toFixed(3));
const mean = (value) => (known(value) ? value.toFixed(3) : "–");
const short = (value) => (Math.abs(value) >= 100 ? whole(Math.round(value)) : String(Number(value.toPrecision(3))));
const percent = (part, all) => {
  if (!all || !known(part)) return "–";
  const share = (100 * part) / all;
  if (share > 0 && share < 0.1) return "<0.1 %";
  if (share < 100 && share > 99.9) return ">99.9 %";
  return `${share % 1 ? share.toFixed(1) : share} %`;
};
const time = (s) => {
  if (!s) return "–";
  const [unit, scale] = s >= 1 ? ["s", 1] : s >= 1e-3 ? ["ms", 1e3] : ["µs", 1e6];
  const value = s * scale;
  return `${value >= 100 ? whole(Math.round(value)) : value.toPrecision(2)} ${unit}`;
};
const plain = (text) => (Array.isArray(text) ? `${text[0]} … ${text[2]}` : text === null || text === undefined ? "" : String(text));

const GLYPHS = { right: "●", partial: "◐", wrong: "○", abstained: "–", error: "×" };
const outcome = (status, reward) =>
  status !== "scored" ? (status === "error" ? "error" : "abstained") : reward >= 1 ? "right" : reward > 0 ? "partial" : "wrong";
const glyph = (of) => h("span", { class: `glyph ${of}`, "aria-hidden": "true" }, GLYPHS[of]);
