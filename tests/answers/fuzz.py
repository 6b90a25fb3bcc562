"""Pairs without end, generated and mutated: no exception, no hang, no growth of memory, no wrong acceptance.

`python -m answers.fuzz --pairs 1000000` from `tests/`. Each pair follows from the seed and its number alone, so
`--start NUMBER --pairs 1` shows one again. What ever failed is kept in `cases/fuzz_kept.jsonl`.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rewardkit.answers import Comparison, compare, understand
from rewardkit.registry import get
from rewardkit.testing import sample
from rewardkit.types import Status

from .closed import Refused, letters, parse, same
from .mutations import SOURCES
from .rewritings import rewritings
from .test_safety import HOSTILE

SEED = 20261120
LIMIT_S = 0.25
GROWTH_MB = 32
HANG_S = 60
# A rounding is right to 3 digits at least.
ROUNDED = 5.1e-3
WRONG = 1e-9

CASES = Path(__file__).with_name("cases")

# The first spelling of each rule is a short one: it is taken where a text has grown deep.
GRAMMAR: dict[str, tuple[str, ...]] = {
    "digit": tuple("0123456789"),
    "int": ("@digit", "-@digit", "1@digit", "@digit@digit", "@digit@digit@digit", "12000", "1,@digit@digit@digit", "-3", "10"),
    "var": tuple("xyabntkmz"),
    "decimal": ("0.@digit", "@digit.@digit@digit", "-@int.@digit", ".@digit", "1.@digit e@digit",
    r"@digit.@digit\times 10^{@int}"),
    "value": (
        "@int", "@int", "@decimal", r"\frac{@int}{@int}", "@int/@digit", r"@digit\frac{@digit}{@digit}", r"\sqrt{@int}",
        r"@int\sqrt{@digit}", r"\frac{@value}{@value}", r"@int\pi", "2^{@int}", "@digit!", r"\ln @digit", r"\log_@digit @int",
        r"\sqrt[@digit]{@value}", "@value+@value", "@value-@value", r"@value\cdot @value", "(@value)^@digit", r"\sin(@value)",
        r"\cos\frac{\pi}{@digit}", "e^{@value}", r"@int\%", r"@int^\circ", r"\binom{@digit}{@digit}", "@int-@digit i",
        r"|@value|", r"\lfloor @value\rfloor", "@digit½", "√@digit", "@digit²", r"@int\text{ @unit}", "@int @unit",
        r"\arctan @digit", r"\tan(@value)", r"\left(@value\right)",
    ),
    "unit": ("cm", "m", "kg", "m/s", "hours", "degrees", "km/h", "dollars", "cm^2", "apples", "%", r"m^3"),
    "expr": (
        "@var", "@int@var", "@var+@value", "@expr+@expr", "@expr-@expr", "@var^2", "@var^{@int}", "(@expr)(@expr)",
        r"\frac{@expr}{@expr}", r"\sqrt{@expr}", r"\sin @var", r"\ln(@expr)", "e^{@expr}", "@var_@digit", "@var!",
        r"\sum_{k=1}^{@digit} @expr", r"\sum_{k=1}^{n} k^@digit", r"\cos^2 @var", "|@expr|", "@expr/@expr", "-@expr",
        "(@expr)^@digit",
        r"\binom{n}{@digit}", "f(@expr)", r"\lim_{@var\to @int} @expr", r"\int_0^1 @expr\,dx", r"\log_{@value} @expr", "(-1)^n",
        r"\lceil @expr\rceil", r"\max(@expr,@expr)", r"@expr\bmod @digit", r"\prod_{k=1}^{@digit} @expr", r"\gcd(@int,@int)",
    ),
    "small": ("@digit", "@digit", r"\frac{@digit}{@digit}", "0.@digit", "@digit.@digit"),
    "plain": (
        "@small", r"\sqrt{@small}", "@plain+@plain", "@plain-@plain", r"@plain\cdot @plain", r"\frac{@plain}{@plain}", "-@plain",
        "(@plain)^@digit", r"\sqrt{@plain}", r"@digit\sqrt{@digit}", r"@digit\pi", "2^{@plain}", "@digit!", r"\ln(@plain)",
        "@plain/@digit",
        r"\sin(@plain)", r"\cos(\frac{\pi}{@digit})", "e^{@plain}", r"\sqrt[3]{@plain}", "(@plain)(@plain)",
        r"\left(@plain\right)",
        "x", "x", "@digit x", "x^2", "y", "x^{@plain}", r"\tan(@plain)", "e", r"\arctan(@plain)", "@small*@plain", "2(@plain)",
    ),
    "end": ("@int", "@value", r"\infty", r"-\infty", "@var"),
    "sign": ("<", ">", r"\le", r"\ge", "=", r"\ne", "≤", "<="),
    "item": ("@value", "@value", "@expr", "@var=@value"),
    "span": ("(@end,@end)", "[@end,@end)", "(@end, @end]", "[@end,@end]"),
    "answer": (
        "@value", "@value", "@value", "@expr", "@expr", "@item, @item", "@item, @item, @item", r"\{@item, @item\}",
        "(@value,@value)", "(@value, @value, @value)", "(@int,@int),(@int,@int)", "@span", "@span", r"@span\cup @span",
        r"@span\cap @span", "@var@sign @value", "@value@sign @var@sign @value", "@expr@sign @expr", "@var=@value", "@var=@expr",
        "f(x)=@expr", "@expr=@expr", "@expr=@expr=@value", r"@value\pm @value",
        r"\begin{pmatrix}@value&@value\\@value&@value\end{pmatrix}",
        r"\begin{pmatrix}@expr\\@value\end{pmatrix}", r"\begin{cases}@expr,&@var@sign @int\\@expr,&@var@sign @int\end{cases}",
        "@int:@int", "@digit:@digit@digit", "@digit:@digit@digit pm", r"\{@var\mid @var@sign @value\}", r"@var\in @span",
        r"@int\pmod{@digit}", "@int_@digit", r"@var=@value\text{ or }@var=@value", "@var=@value, @var=@value",
        r"\text{@word}", "@word",
        "@word and @word", r"@expr, @var\in\mathbb{Z}", r"@expr\text{ for }@var@sign @int", "@value or @value",
        "the answer is @value",
        r"R\setminus\{@int\}", r"\mathbb{R}", r"\emptyset", r"@int hours @int minutes", "$@value$", r"\boxed{@answer}",
        r"\[@answer\]",
        "(@letter)", "@letter", "∅", "1@answer", "@answer.", r"@var_@digit=@value, @var_@digit=@value", "@value ≈ @decimal",
        "AB=@value",
    ),
    "word": ("yes", "even", "no solution", "line", "circle", "seven", "twenty-one", "odd number", "London", "monday",
    "infinitely many"),
    "letter": tuple("ABCDE"),
}  # fmt: skip
_SPELLINGS = (
    r"\frac { } ( ) [ ] \sqrt x y 2 10 ^ _ , \pi \sin + - / = < \le \cup & \\ ! % \infty \log \{ \} \mid | \pm i \sum"
    r" \text{and} $ ; : . \left( \right) \boxed{ \begin{pmatrix} \end{pmatrix} \begin{cases} \end{cases}"
    r" ' 1/2 0.5 1e9 10^{10} \int \lim \to \cdot *"
    " ½ ² √ π ∞ ≤ − × ∪ ° １ 三 é"
)
PIECES = [*_SPELLINGS.split(), "\u200b", "\x0c", "\t", "\n", "\x00", "\ud800"]
ALPHABET = "0123456789abxyn+-*/^_=<>(){}[]|,.;:! $%'\\&~πe√½≤"
TOKEN = re.compile(r"\\[a-zA-Z]+|\d+|\s+|.", re.DOTALL)
_RULE = re.compile(r"@(\w[a-z]*)")


def case_pairs() -> list[tuple[str, str]]:
    """Every pair of the case files."""
    lines = (line for path in sorted(CASES.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    return [(row["reference"], row["answer"]) for row in map(json.loads, lines)]


def hypothesis_texts(count: int) -> list[str]:
    """Texts that hypothesis draws, the same in every run."""
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st

    found: list[str] = []
    texts = st.one_of(st.text(st.characters(), max_size=40), st.text(ALPHABET, max_size=30))

    @seed(SEED)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.one_of(texts, st.lists(st.sampled_from(PIECES), max_size=20).map("".join)))
    def draw(text: str) -> None:
        found.append(text)

    draw()
    return found


class Pairs:
    """Pairs by number; how many texts hypothesis draws for them is part of which pairs they are."""

    def __init__(self, seed: int = SEED, texts: int = 2000) -> None:
        self.seed = seed
        self.cases = case_pairs()
        self.rewritten = [(first, second) for first, second, _ in rewritings()]
        self.drawn = hypothesis_texts(texts)
        self.pool = [*SOURCES, *(text for pair in self.cases for text in pair if len(text) < 400)]
        self.hostile = [text for text in HOSTILE.values() if len(text) < 1000]
        self.kinds = [kind for kind, weight in KINDS.items() for _ in range(weight)]

    def __call__(self, number: int) -> tuple[str, str, str]:
        """Reference, answer and the kind of pair."""
        draw = random.Random(self.seed << 32 | number)
        kind = draw.choice(self.kinds)
        left, right = kind(self, draw)
        if draw.random() < 0.5:
            left, right = right, left
        return left, right, kind.__name__

    def text(self, draw: random.Random) -> str:
        return grown(draw) if draw.random() < 0.6 else draw.choice(self.pool)

    def changed(self, draw: random.Random, text: str) -> str:
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            text = draw.choice(CHANGES)(draw, text, self)
        return text[:5000]


def grown(draw: random.Random, rule: str = "answer") -> str:
    """A text of the grammar."""

    def fill(text: str, depth: int) -> str:
        def one(match: re.Match[str]) -> str:
            choices = GRAMMAR.get(match[1])
            if choices is None:
                return match[0]
            return fill(choices[draw.randrange(min(2, len(choices)))] if depth > 4 else draw.choice(choices), depth + 1)

        return _RULE.sub(one, text) if depth < 9 else _RULE.sub("1", text)

    return fill(draw.choice(GRAMMAR[rule]), 0)


# -- changes of one text


def _spot(draw: random.Random, text: str) -> int:
    return draw.randrange(len(text) + 1)


def _insert(draw: random.Random, text: str, pairs: Pairs) -> str:
    at = _spot(draw, text)
    return text[:at] + draw.choice(draw.choice((ALPHABET, PIECES))) + text[at:]


def _delete(draw: random.Random, text: str, pairs: Pairs) -> str:
    at = _spot(draw, text)
    return text[:at] + text[at + 1 :]


def _replace(draw: random.Random, text: str, pairs: Pairs) -> str:
    at = _spot(draw, text)
    return text[:at] + draw.choice(ALPHABET) + text[at + 1 :]


def _tokens(draw: random.Random, text: str, pairs: Pairs) -> str:
    parts = TOKEN.findall(text) or [""]
    at = draw.randrange(len(parts))
    match draw.randrange(4):
        case 0:
            del parts[at]
        case 1:
            parts[at] *= draw.choice((2, 2, 3, 40))
        case 2:
            parts[at] = draw.choice(PIECES)
        case 3:
            other = draw.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
    return "".join(parts)


def _number(draw: random.Random, text: str, pairs: Pairs) -> str:
    spots = list(re.finditer(r"\d+", text))
    if not spots:
        return text
    spot = draw.choice(spots)
    return text[: spot.start()] + str(int(spot[0][:20]) + draw.choice((-1, 1, 10, 10**9))) + text[spot.end() :]


def _splice(draw: random.Random, text: str, pairs: Pairs) -> str:
    other = pairs.text(draw)
    return text[: _spot(draw, text)] + other[_spot(draw, other) :]


def _dress(draw: random.Random, text: str, pairs: Pairs) -> str:
    dress = draw.choice(
        ("${}$", "\\boxed{{{}}}", "({})", "\\left({}\\right)", "{}.", "x={}", "{} cm", "-{}", "\\text{{{}}}", "{{{}}}",
        "[{}]", "{}\\%",
         "$${}$$", "**{}**", "\\({}\\)", "{},", " {} ", "\\frac{{{}}}{{2}}", "\\sqrt{{{}}}", "{}=0", "({})^2", "{} or 1",
         "{{{}", "{}}}")
    )  # fmt: skip
    return dress.format(text)


def _escape(draw: random.Random, text: str, pairs: Pairs) -> str:
    """The damage of a text escaped once too often or too seldom."""
    if draw.random() < 0.5:
        return text.replace("\\", "\\\\")
    return text.replace("\\f", "\x0c").replace("\\t", "\t").replace("\\r", "\r").replace("\\b", "\x08").replace("\\n", "\n")


CHANGES = (_insert, _insert, _delete, _delete, _replace, _tokens, _tokens, _number, _splice, _dress, _escape)


# -- kinds of pairs


def mutated(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    text = pairs.text(draw)
    return text, pairs.changed(draw, text)


def mutated_case(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    left, right = draw.choice(pairs.cases if draw.random() < 0.7 else pairs.rewritten)
    return left, pairs.changed(draw, right)


def crossed(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    return pairs.text(draw), pairs.text(draw)


def values(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    rule = draw.choice(("value", "expr", "plain", "plain", "plain"))
    text = grown(draw, rule)
    return text, pairs.changed(draw, text) if draw.random() < 0.7 else grown(draw, rule)


def respelled(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    """An expression, and the same one in other words: equal by construction, where it has a value."""
    text, other = grown(draw, "plain"), grown(draw, "plain")
    forms = (
        ("{0}", "({0})"), ("{0}+({1})", "({1})+({0})"), ("({0})({1})", "({1})({0})"), ("({0})^2", "({0})({0})"),
        ("({0})-({1})", "-(({1})-({0}))"), ("2({0})", "({0})+({0})"), ("\\frac{{{0}}}{{2}}", "({0})\\cdot 0.5"),
        ("({0})^2-({1})^2", "(({0})-({1}))(({0})+({1}))"), ("{0}", "{0}+1-1"), ("\\sqrt{{({0})^2}}", "\\sqrt{{({0})({0})}}"),
        ("e^{{{0}}}", "(e^{{\\frac{{{0}}}{{2}}}})^2"), ("({0})^3", "({0})^2({0})"), ("{0}", "{0}+10^{{-30}}"), ("{0}",
        "\\frac{{2({0})}}{{2}}"),
    )  # fmt: skip
    left, right = draw.choice(forms)
    return left.format(text, other), right.format(text, other)


def spliced(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    text = pairs.text(draw)
    return text, _splice(draw, text, pairs)


def soup(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    text = "".join(draw.choices(PIECES, k=draw.randrange(30)))
    return text, draw.choice(
        (pairs.text, lambda d: "".join(d.choices(PIECES, k=d.randrange(30))), lambda d: pairs.changed(d, text))
    )(draw)


def drawn(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    text = draw.choice(pairs.drawn)
    return text, draw.choice((pairs.text(draw), draw.choice(pairs.drawn), pairs.changed(draw, text)))


def repeated(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    piece = draw.choice(PIECES) + draw.choice((*PIECES, "", "", ""))
    return piece * draw.randrange(1, 300), pairs.text(draw)


def hostile(pairs: Pairs, draw: random.Random) -> tuple[str, str]:
    text = pairs.changed(draw, draw.choice(pairs.hostile))
    return text, draw.choice((pairs.text(draw), pairs.changed(draw, text), pairs.changed(draw, draw.choice(pairs.hostile))))


Kind = Callable[[Pairs, random.Random], tuple[str, str]]
KINDS: dict[Kind, int] = {
    mutated: 26,
    mutated_case: 20,
    crossed: 12,
    values: 20,
    respelled: 8,
    spliced: 8,
    soup: 6,
    drawn: 6,
    repeated: 2,
}


# -- what must hold


@dataclass
class Found:
    """What a run found."""

    pairs: int = 0
    accepted: int = 0
    confirmed: int = 0
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, -1)
    memory_mb: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, object]] = field(default_factory=list)


# The reference says whether square brackets hold an interval or a list.
INTERVAL_OR_LIST = tuple({"interval", other} for other in ("list", "named list", "tuple", "number", "percent", "quantity"))
# And whether a text is what is written: 8-5 is 3 where the reference is 3, and a score where it is 8-5.
WRITTEN = frozenset({"code", "parts", "formula"})


DATE = re.compile(r"\d{4}-\d\d-\d\d")
WORDS = re.compile(r"(?:\\left|\\right|[A-Za-z\s()]){4,}")
RECURRING = re.compile(r"\d\.\d*\(\d+\)")


def check(reference: str, answer: str) -> tuple[str, Comparison, bool]:
    """What is wrong with the verdict on the pair, or nothing; the verdict; and whether a second opinion was had."""
    found = compare(reference=reference, answer=answer)
    mirrored = compare(reference=answer, answer=reference, rounding="exact")
    if found.reason != "match_rounded" and (found.equal is True) != (mirrored.equal is True) and _is_symmetric(found, mirrored):
        return f"one way {found.equal} ({found.step}), the other {mirrored.equal} ({mirrored.step})", found, False
    if found.reference_shape in WRITTEN or any(DATE.search(text) or RECURRING.search(text) for text in (reference, answer)):
        return "", found, False  # to the second opinion a code or date is a subtraction, recurring digits in brackets a product
    if "twice" in found.info:
        return "", found, False  # two notations side by side a product as well
    if WORDS.fullmatch(reference) and WORDS.fullmatch(answer):
        return "", found, False  # and a word a product of its letters
    try:
        left, right = parse(reference), parse(answer)
        if found.equal is None or letters(left) != letters(right):
            return "", found, False
        equal, apart = same(left, right, sharp=found.equal)
    except Refused:
        return "", found, False
    if found.equal and apart > (ROUNDED if found.reason == "match_rounded" else WRONG):
        return f"accepted ({found.step}), though the values are {apart:.3g} apart", found, True
    if equal and not found.equal and found.step not in ("words", "limits"):
        return f"refused ({found.step}), though the values are equal", found, True
    return "", found, True


def _is_symmetric(*verdicts: Comparison) -> bool:
    """Not so is what hangs on which side is empty or a code, has words that a sentence explains, or an interval for a list."""
    if any({v.reference_shape, v.answer_shape} in INTERVAL_OR_LIST or v.reference_shape in WRITTEN for v in verdicts):
        return False
    return not any(v.step == "sentence" or v.reason in ("no_answer", "gold_unparseable", "too_complex") for v in verdicts)


def run(pairs: int, *, seed: int = SEED, start: int = 0, stop_after: int = 50, at: Path | None = None) -> Found:
    """Check so many pairs; what fails is in the result, and what hangs ends the process with a traceback.

    The file `at` holds, to within a second, how far the run has come.
    """
    make, found = Pairs(seed), Found()
    compare(reference="12 cm", answer="0.12 m")  # loads the table of units
    began = time.process_time()
    armed = 0.0
    marks = {start + max(1, pairs * share // 100) - 1 for share in (10, 50, 100)}
    for number in range(start, start + pairs):
        if time.monotonic() - armed > 1:
            faulthandler.dump_traceback_later(HANG_S, exit=True)
            armed = time.monotonic()
            if at is not None:  # a process that the number library ends says nothing more
                at.write_text(f"--seed {seed} --start {number}\n", encoding="utf-8")
        reference, answer, kind = make(number)
        for problem in _one(reference, answer, number, found):
            found.failures.append({"number": number, "kind": kind, "reference": reference, "answer": answer, "why": problem})
        found.pairs += 1
        found.kinds[kind] += 1
        if number in marks:
            found.memory_mb.append(memory_mb())
        if len(found.failures) >= stop_after:
            break
    faulthandler.cancel_dump_traceback_later()
    found.seconds = time.process_time() - began
    return found


def _one(reference: str, answer: str, number: int, found: Found) -> Iterator[str]:
    before = time.thread_time()
    try:
        problem, verdict, confirmed = check(reference, answer)
        if number % 20 == 0:
            understand(reference)
            _verify(reference, answer)
    except Exception as cause:
        yield f"{type(cause).__name__}: {cause}"
        return
    spent = time.thread_time() - before
    if spent > LIMIT_S:
        before = time.thread_time()
        compare(reference=reference, answer=answer, cache=False)
        spent = time.thread_time() - before
        if spent > LIMIT_S:
            yield f"took {spent:.2f} s"
    found.slowest = max(found.slowest, (spent, number))
    found.accepted += verdict.equal is True
    found.confirmed += confirmed
    if problem:
        yield problem


def _verify(reference: str, answer: str) -> None:
    for name in ("math.equal", "number.equal"):
        (verdict,) = get(name).verify([sample(completion=answer, answer=reference)])
        if verdict.status is Status.ERROR:
            raise RuntimeError(f"{name}: {verdict.reason} {verdict.info}")


def memory_mb() -> float:
    """What the process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def main() -> int:
    """Fuzz, and print what failed as lines of JSON."""
    faulthandler.enable()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--stop-after", type=int, default=50, help="failures")
    parser.add_argument("--at", type=Path, help="a file to say how far the run has come, for one that is killed")
    parser.add_argument("--keep", action="store_true", help="add the result to benchmarks/data/fuzz.csv")
    options = parser.parse_args()
    found = run(options.pairs, seed=options.seed, start=options.start, stop_after=options.stop_after, at=options.at)
    for failure in found.failures:
        sys.stdout.write(json.dumps(failure) + "\n")
    growth = found.memory_mb[-1] - found.memory_mb[0] if found.memory_mb else 0.0
    sys.stdout.write(
        f"{found.pairs} pairs, {found.accepted} accepted, {found.confirmed} doubly checked, {len(found.failures)} failures; "
        f"{found.seconds:.0f} s CPU, slowest {1000 * found.slowest[0]:.0f} ms (pair {found.slowest[1]}); "
        f"memory {', '.join(f'{m:.0f}' for m in found.memory_mb)} MB\n"
    )
    if options.keep:
        keep(found, options.seed)
    return int(bool(found.failures) or growth > GROWTH_MB)


def keep(found: Found, seed: int) -> None:
    """Add the run to the measurements."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    import rows

    values = {
        ("pairs", "pairs"): found.pairs,
        ("failures", "pairs"): len(found.failures),
        ("accepted", "pairs"): found.accepted,
        ("checked by a second evaluator", "pairs"): found.confirmed,
        ("CPU time", "s"): found.seconds,
        ("slowest pair", "ms"): 1000 * found.slowest[0],
        **{(f"memory at {share} %", "MB"): size for share, size in zip((10, 50, 100), found.memory_mb, strict=False)},
    }
    rows.keep("fuzz", [rows.row("rewardkit", f"fuzz, seed {seed}: {name}", unit, [v]) for (name, unit), v in values.items()])


if __name__ == "__main__":
    raise SystemExit(main())
