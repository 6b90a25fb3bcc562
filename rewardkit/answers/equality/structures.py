"""Equality of structured values: the same keys and items of the same types, whatever the order of keys and the spelling."""

from __future__ import annotations

from rewardkit.answers.forms.structures import Value

__all__ = ["same_structure"]


def same_structure(reference: Value, answer: Value) -> bool:
    """Whether two values are the same; a truth is no number, and a number no text. Lists have an order, mappings have none."""
    if type(reference) is not type(answer):
        return False
    if isinstance(reference, tuple) and isinstance(answer, tuple):
        return len(reference) == len(answer) and all(map(same_structure, reference, answer))
    if isinstance(reference, dict) and isinstance(answer, dict):
        if reference.keys() != answer.keys():
            return False
        return all(same_structure(value, answer[key]) for key, value in reference.items())
    return reference == answer
