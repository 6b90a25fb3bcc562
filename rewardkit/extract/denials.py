"""Denials in other languages than English and Chinese: what stands before, or behind, that which is denied."""

from __future__ import annotations

__all__ = ["BEFORE", "BEHIND"]

BEFORE = r"(?:\bno\s+(?:es|son|era|hay)\b|\bn(?:ão|ao)\b|\bnon\b|\bnicht\b|\bkeine?\b|\bniet\b|\bnie\b|\binte\b|\bikke\b|\bbukan\b|không phải|\bне\b|ليست?)"
BEHIND = r"(?:\s*[가이은는はが]?\s*(?:아닙니다|아니다|아니에요|아니야|아님|ではありません|ではない|じゃない|でない)|\s*नहीं|['’]?\s*değil)"
