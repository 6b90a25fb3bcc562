from __future__ import annotations

from rewardkit import answers

from .mutations import mutations


def compare(reference: str, answer: str, **options: object) -> answers.Comparison:
    return answers.compare(reference=reference, answer=answer, **options)  # type: ignore[arg-type]


def test_no_change_of_value_is_accepted() -> None:
    changed = list(mutations())
    assert len(changed) >= 2000
    accepted = [(kind, reference, answer) for reference, answer, kind in changed if compare(reference, answer).equal]
    assert accepted == []
