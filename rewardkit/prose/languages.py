"""Which language a text is in, by a packaged model and by the scripts its letters come from.

The model is py3langid's (BSD), which comes with the package: nothing is fetched. It is loaded once, on the first question.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from rewardkit.errors import MissingExtra
from rewardkit.first_use import first_use

__all__ = ["is_in", "known_languages", "language_of", "script_share"]

_SCRIPTS = {
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn"), "\u0400-\u052f"),
    "hy": "\u0530-\u058f",
    **dict.fromkeys(("he", "yi"), "\u0590-\u05ff"),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ug"), "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"),
    **dict.fromkeys(("hi", "mr", "ne"), "\u0900-\u097f"),
    **dict.fromkeys(("bn", "as"), "\u0980-\u09ff"),
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "or": "\u0b00-\u0b7f",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "ka": "\u10a0-\u10ff",
    "am": "\u1200-\u137f",
    "km": "\u1780-\u17ff",
    "ja": "\u3040-\u30ff\u3400-\u9fff",
    "zh": "\u3400-\u9fff",
    "ko": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
}
"""The letters of languages that are not written in Latin ones."""

_LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff"
_LEAST_SHARE = 0.6  # of the letters that must be the language's own; names and terms of another script may stand between
_READ_CHARACTERS = 20_000


def is_in(text: str, code: str) -> bool:
    """Whether a text is in the language of an ISO 639-1 code; a text without letters is in none.

    Raises `MissingExtra` where py3langid is not installed.
    """
    return script_share(text, code) >= _LEAST_SHARE and language_of(text) == code


def script_share(text: str, code: str) -> float:
    """The share of a text's letters that are of the script a language is written in; 0 where it has none."""
    letters = "".join(filter(str.isalpha, text))
    own = sum(map(len, re.findall(f"[{_SCRIPTS.get(code, _LATIN)}]+", letters)))
    return own / len(letters) if letters else 0.0


def language_of(text: str) -> str:
    """The ISO 639-1 code of the language a text is most like; case is passed over, and only its first 20,000 characters count.

    Raises `MissingExtra` where py3langid is not installed.
    """
    return str(_model().classify(text[:_READ_CHARACTERS].lower())[0])


@functools.lru_cache(maxsize=1)
@first_use
def known_languages() -> frozenset[str]:
    """The ISO 639-1 codes of the languages the model tells apart. Raises `MissingExtra` where py3langid is not installed."""
    return frozenset(_model().labels)


@functools.lru_cache(maxsize=1)
@first_use
def _model() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        raise MissingExtra("py3langid", "instruct", "telling the language of a text") from None
    return LanguageIdentifier.from_model_file(MODEL_FILE)
