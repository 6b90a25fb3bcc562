"""Denials in other languages than English and Chinese: what stands before, or behind, that which is denied."""

from __future__ import annotations

__all__ = ["BEFORE", "BEHIND"]

BEFORE = (
    r"(?:\bno\s+(?:es|son|era|hay)\b|\bn[ãa]o\b|\bnon\b(?!-)|\bpas\b|\bnicht\b|\bkeine?\b|\bniet\b|\bnie\b|\binte\b|\bikke\b|\bbukan\b"
    r"|không phải|\bне\b|ليست?)"
)
BEHIND = (
    r"(?:\s*[가이은는はが]?\s*(?:(?:正解|正しい?|정답|답)[이가은는で]?\s*)?"
    r"(?:아닙니다|아니다|아니에요|아니야|아님|틀렸|틀린|오답|ではありません|ではない|じゃない|くない|でない|間違い|誤り|不正解)"
    r"|\s*नहीं|['’]?\s*değil|\s+(?:(?:ist|est|es|è|é)\s+)?(?:falsch|fausse?|incorrecta?|fals[oa]|sbagliat[oa]|errad[oa]|неверн|неправильн)\w*)"
)
