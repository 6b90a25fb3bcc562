"""What an ambiguous row is shown to have read is what its completion offered, never the reference alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rewardkit import dispatch, registry
from rewardkit.testing import Case, read_cases

FAMILIES = sorted(path.stem for path in (Path(__file__).parent / "cases").glob("*.jsonl"))


def ambiguous(family: str) -> Iterator[Case]:
    members = [name for name in registry.names() if name.startswith(f"{family}.")]
    cases = read_cases(Path(__file__).parent / "cases" / f"{family}.jsonl", verifier=members[0] if len(members) == 1 else "")
    return (case for case in cases if case.reason == "ambiguous" and not registry.spec(case.verifier).isolated)


CASES = {family: found for family in FAMILIES if (found := list(ambiguous(family)))}


def test_the_families_that_read_answers_have_such_cases() -> None:
    assert CASES.keys() >= {"calibration", "choice", "date", "math", "number", "text"}


@pytest.mark.parametrize("family", CASES)
def test_an_ambiguous_row_shows_what_was_offered(family: str) -> None:
    wrong = []
    for case in CASES[family]:
        verdict = dispatch.run(registry.get(case.verifier, **case.parameters), [case.sample])[0]
        shown = verdict.info.get("extracted")
        if not isinstance(shown, str) or not shown.strip() or shown in case.sample.references:
            wrong.append(f"{case.place}: {shown!r} is shown for {case.sample.text!r}")
    assert not wrong, "\n".join(wrong)
