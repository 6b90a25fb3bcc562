"""Whether an English sentence says that what a question of yes or no asks is so, or that it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rewardkit.prose.frames import BE, DO, LEEWAY, MODAL, is_form, words_of

__all__ = ["affirmed"]

# A denial of these is none of the whole.
_SHARES = frozenset(
    ["some", "many", "most", "few", "all", "every", "each", "both", "several", "half", "everyone", "somebody", "only"]
)
_OPPOSITES = (
    ("more", "fewer"), ("more", "less"), ("larger", "smaller"), ("bigger", "smaller"), ("taller", "shorter"),
    ("longer", "shorter"),
    ("higher", "lower"), ("older", "younger"), ("faster", "slower"), ("heavier", "lighter"), ("greater", "smaller"),
)  # fmt: skip
_STANDS = frozenset({"it", "he", "she", "they", "there"})  # for what the question asks about
_COUNTS = frozenset({"more", "fewer", "less"})


def affirmed(question: str, sentence: str) -> bool | None:
    """Whether a sentence says that what a question of yes or no asks is so; None where it does not say just that."""
    if len(sentence) > len(question) + LEEWAY:
        return None
    asked, said = words_of(question), list(words_of(sentence))
    if len(asked) < 3 or asked[0] not in BE | MODAL | DO or "or" in asked:
        return None
    verb, told = asked[0], asked[1:]
    if (short := _answered_shortly(verb, told, said)) is not None:
        return short
    denied = _take_denial(said, verb)
    if denied and any(word in _SHARES or word.isdigit() for word in told[:4]):
        return None
    bare = next((kept for kept in _without(said, verb) if said[0] != verb), None)
    if bare is not None and (turned := _turned(told, bare)) is not None:
        return None if denied and turned else not (denied or turned)
    if verb in DO and not denied and _inflected(told, said):
        return True
    return None


def _answered_shortly(verb: str, told: Sequence[str], said: Sequence[str]) -> bool | None:
    """What "It did." and "The bill did not." say to "Did the bill pass?"; None for anything else."""
    denied = said[-1:] == ["not"]
    subject = said[: -2 if denied else -1]
    if not subject or said[len(subject)] != verb or "not" in told:
        return None
    stands = len(subject) == 1 and subject[0] in _STANDS
    return not denied if stands or (len(subject) < len(told) and list(told[: len(subject)]) == list(subject)) else None


def _take_denial(said: list[str], verb: str) -> bool:
    """Take the denial of the whole out of a sentence: "not" behind its verb, "no" behind "there is"."""
    at = said.index(verb) + 1 if verb in said[:-1] else 0
    if at and (said[at] == "not" or (said[at] == "no" and said[at - 2 : at - 1] == ["there"])):
        del said[at]
        return True
    return False


def _turned(told: Sequence[str], said: Sequence[str]) -> bool | None:
    """False for the same words, True where the word that "than" belongs to is the opposite one; None for anything else."""
    other = [at for at, (a, b) in enumerate(zip(told, said, strict=False)) if a != b]
    if len(told) != len(said) or len(other) > 1:
        return None
    if not other:
        return False
    one, two = told[other[0]], said[other[0]]
    return True if ((one, two) in _OPPOSITES or (two, one) in _OPPOSITES) and _compares(told, other[0]) else None


def _compares(words: Sequence[str], at: int) -> bool:
    """Whether "than" belongs to a comparative: "heavier than", "more red cars than", and not "the larger is heavier than"."""
    rest = words[at + 1 :]
    between = rest[: rest.index("than")] if "than" in rest else None
    if not between:
        return between is not None
    return words[at] in _COUNTS and not any(word in _COUNTS or word.endswith("er") for word in between)


def _without(words: Sequence[str], word: str) -> Iterator[Sequence[str]]:
    """The words without one of the places where a word stands."""
    for at, one in enumerate(words):
        if one == word:
            yield (*words[:at], *words[at + 1 :])


def _inflected(base: Sequence[str], said: Sequence[str]) -> bool:
    """Whether two runs of words are one but for a verb's ending: "ship sail from" and "ship sailed from"."""
    other = [(a, b) for a, b in zip(base, said, strict=False) if a != b]
    return len(base) == len(said) and len(other) == 1 and is_form(*other[0])
