"""The verdicts of `instruct.ifeval` beside those of the reference implementations, constraint by constraint.

`python -m benchmarks.rules.bench_instruct ROWS.jsonl… [--texts TEXTS.jsonl…] [--made N] [--show N]`, where the package
`if-verifiable` is installed, and the data of NLTK that it wants; it holds the reference of IFEval and that of IFBench. A row has
`instruction_id_list` and `kwargs`. Its `completion` is judged, and N texts made of the completions in all files, bent towards
the constraints: in capitals, in quotes, with a postscript, with the row's own arguments. Prints for each `compat` how often the
two differ, and which way, and at the end the CPU time a response.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rewardkit import get
from rewardkit.types import Sample

LONGEST = 4000
BENDS: tuple[Callable[[str, str], str], ...] = (
    lambda text, _: text.upper(),
    lambda text, _: text.lower(),
    lambda text, _: text.title(),
    lambda text, _: f'"{text}"',
    lambda text, _: f"{text}\n\nP.S. Write soon.",
    lambda text, _: f"{text}\nP.P.S",
    lambda text, _: f"<<A title>>\n{text}",
    lambda text, _: text.replace(",", ""),
    lambda text, _: " *** ".join(text.split("\n\n")),
    lambda text, _: "\n\n".join(text.split(". ")),
    lambda text, _: "\n".join(f"* {line}" for line in text.split("\n")),
    lambda text, _: "\n".join(f"- {line}" for line in text.split("\n") if line),
    lambda text, _: "\n".join(f"Section {n}\n{part}" for n, part in enumerate(text.split("\n\n"), 1)),
    lambda text, _: f"{text[: len(text) // 2]}******{text[len(text) // 2 :]}",
    lambda text, _: f"```json\n{json.dumps({'text': text})}\n```",
    lambda text, _: " ".join(f"*{word}*" if n % 5 == 0 else word for n, word in enumerate(text.split(" "))),
    lambda text, _: " ".join(f"[{word}]" if n % 7 == 0 else word for n, word in enumerate(text.split(" "))),
    lambda text, _: f"My answer is yes. {text}",
    lambda text, _: text[:120],
    lambda text, argument: f"{argument} {text}",
    lambda text, argument: f"{text} {argument}",
    lambda text, argument: f"{text}{argument}",
)


def read(paths: list[Path]) -> list[dict[str, Any]]:
    """The rows of JSONL files."""
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def responses(row: dict[str, Any], pool: list[str], made: int, rng: random.Random) -> Iterator[str]:
    """The completion of a row, and texts made of those of others."""
    if row.get("completion"):
        yield row["completion"]
    arguments = [
        str(one)
        for given in row["kwargs"]
        for value in given.values()
        if value
        for one in (value if isinstance(value, list) else [value])
    ]
    for _ in range(made):
        text = rng.choice(pool)
        for bend in rng.choices(BENDS, k=rng.randrange(4)):
            text = bend(text, rng.choice(arguments or [""]))
        yield text


def reference(identifier: str, arguments: dict[str, Any], texts: list[str]) -> bool | None:
    """Whether the reference lets one of the texts pass, None where it lacks data; one on which it raises does not."""
    from if_verifiable.ifbench.instructions_registry import INSTRUCTION_DICT as BENCH
    from if_verifiable.ifeval.instructions_registry import INSTRUCTION_DICT as EVAL

    checker = {**EVAL, **BENCH}[identifier](identifier)
    checker.build_description(**{name: value for name, value in arguments.items() if value is not None})
    for text in texts:
        try:
            if text.strip() and checker.check_following(text):
                return True
        except (IndexError, ValueError):
            continue
        except LookupError:
            return None
    return False


def main() -> None:
    """Compare and print."""
    from if_verifiable.common import get_loose_transformations

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="+", type=Path)
    parser.add_argument("--texts", nargs="*", type=Path, default=[])
    parser.add_argument("--made", type=int, default=0)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    rows, rng = read(options.rows), random.Random(0)
    pool = [row["completion"][:LONGEST] for row in [*rows, *read(options.texts)] if row.get("completion")]
    judges = {(c, r): get("instruct.ifeval", reading=r, compat=c) for c in ("google", None) for r in ("strict", "loose")}
    seen, paid, refused, shown, unasked = (Counter[Any]() for _ in range(5))
    seconds, judged = 0.0, 0
    for row in rows:
        for text in responses(row, pool, options.made, rng):
            sample = Sample(0, row.get("prompt"), text, row)
            start = time.process_time()
            verdicts = {key: judge.verify([sample])[0] for key, judge in judges.items()}
            seconds, judged = seconds + time.process_time() - start, judged + len(judges)
            for place, (name, arguments) in enumerate(zip(row["instruction_id_list"], row["kwargs"], strict=True)):
                for (compat, reading), verdict in verdicts.items():
                    texts = [text] if reading == "strict" else get_loose_transformations(text)
                    wanted, got = reference(name, arguments, texts), verdict.info["followed"][place]
                    if wanted is None:
                        unasked[name] += 1
                        continue
                    seen[compat, name] += 1
                    paid[compat, name] += got and not wanted
                    refused[compat, name] += wanted and not got
                    if wanted != got and shown[compat, name] < options.show:
                        shown[compat, name] += 1
                        print(compat, reading, name, f"reference {wanted}", json.dumps(text[:300], ensure_ascii=False))
    for compat in ("google", None):
        names = sorted({name for other, name in seen if other == compat and paid[other, name] + refused[other, name]})
        total = sum(count for (other, _), count in seen.items() if other == compat)
        print(f"compat={compat}: {total} verdicts; those that differ:")
        for name in names:
            print(f"  {name}: {paid[compat, name]} paid here, {refused[compat, name]} refused here, of {seen[compat, name]}")
    print(f"not asked, for the reference lacks data: {dict(unasked) or 'none'}")
    print(f"{1e6 * seconds / max(1, judged):.0f} µs of CPU a response")


if __name__ == "__main__":
    main()
