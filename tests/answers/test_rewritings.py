from __future__ import annotations

from rewardkit import answers

from .rewritings import rewritings


def compare(reference: str, answer: str, **options: object) -> answers.Comparison:
    return answers.compare(reference=reference, answer=answer, **options)  # type: ignore[arg-type]


def test_almost_every_rewriting_is_accepted() -> None:
    rewritten = list(rewritings())
    assert len(rewritten) >= 2000
    refused = [(kind, reference, answer) for reference, answer, kind in rewritten if not compare(reference, answer).equal]
    assert len(refused) <= len(rewritten) // 100, refused[:20]
