"""Chemistry as an answer: a formula, a reaction, an electron configuration or a hybridisation."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.answers.forms.configurations import read_configuration, read_hybrid
from rewardkit.answers.forms.reactions import Reaction, read_amount, read_reaction
from rewardkit.answers.forms.species import Species
from rewardkit.answers.notation.boxes import boxes
from rewardkit.answers.notation.chemical import MAX_LENGTH, in_one_dress
from rewardkit.answers.notation.clean import clean
from rewardkit.answers.notation.measures import split_unit

__all__ = ["Formula", "forget_formulas", "is_chemistry", "read_formula", "same_formula"]

KEPT = 2048  # texts, as a reference is asked for by every completion of its group

Formula = Species | Reaction | tuple[tuple[str, int], ...] | str

# Every formula but a bare symbol has a digit, a sign or a bracket behind a letter, or two letters of which one is a capital.
_MAY_BE = re.compile(r"[A-Z][A-Za-z0-9_^{(\[+₀-₉⁰-⁹⁺⁻-]|[A-Z]\s*\}|\}\s*[A-Z]|[\dn] ?[spdf]|sp|<su[bp]>|[A-Z]$")

# A quick look: three small letters side by side, no subshells, stand in formulas in names of commands, labels and hybrids only.
_WORDED = re.compile(r"(?![spdf]{3})[a-z]{3}")
_LABELLED = re.compile(r"[\\{\[<]|hybrid", re.IGNORECASE)
_AMOUNT = re.compile(r"(?!.*[A-Za-z]_?\{?\d)\s*[-−+]?\d[\d.,]*\s*\S", re.DOTALL)


def read_formula(text: str) -> Formula | None:
    """What a text says in chemistry; None for anything else. One kind is told from another by its type."""
    return _read(text) if len(text) <= MAX_LENGTH else None


def forget_formulas() -> None:
    """Empty the cache of read formulas, as a benchmark of cold speed needs."""
    _read.cache_clear()


@lru_cache(maxsize=KEPT)
def _read(text: str) -> Formula | None:
    if _MAY_BE.search(text) is None or (_WORDED.search(text) and _LABELLED.search(text) is None):
        return None
    plain = in_one_dress(boxes(text) if "boxed" in text else text)
    if plain is None or (_AMOUNT.match(text) and split_unit(clean(text)) is not None):
        return None  # "2.5 Pa·K⁻¹" is an amount, although both are elements
    if (found := read_configuration(plain)) is not None:
        return found
    if (label := read_hybrid(plain)) is not None:
        return label
    marked = "\\ce" in text
    if (reaction := read_reaction(plain, marked=marked)) is not None:
        return reaction
    amount = read_amount(plain, marked=marked)
    if amount is None:
        return None
    species, times = amount
    return species if times == 1 else species._replace(body=f"{times} {species.body}", atoms=())


def is_chemistry(text: str) -> bool:
    """Whether a text can hardly be anything but a formula, a reaction or a configuration."""
    found = read_formula(text)
    if isinstance(found, (Species, Reaction)):
        return found.sure
    return isinstance(found, tuple)


def same_formula(reference: Formula, answer: Formula) -> bool | None:
    """Whether two texts say the same in chemistry; None for one set of atoms in two ways of writing, which may be two things."""
    if isinstance(reference, Reaction):
        return isinstance(answer, Reaction) and reference.same(answer)
    if isinstance(reference, Species):
        if not isinstance(answer, Species):
            return False
        if reference.same(answer, sure=reference.sure or answer.sure):
            return True
        isomers = reference.atoms and (reference.atoms, reference.charge) == (answer.atoms, answer.charge)
        return None if isomers else False
    return reference == answer
