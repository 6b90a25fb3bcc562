"""The argument that names a language."""

from __future__ import annotations

from typing import Annotated, Any

from rewardkit.prose.languages import known_languages
from rewardkit.verifiers.instruct.arguments import Unreadable, read_phrase

__all__ = ["Language"]


def read_language(value: Any) -> str:
    """An ISO 639-1 code that the model knows, without a region. Raises `MissingExtra` where py3langid is not installed."""
    code = read_phrase(value).lower().split("-")[0]
    if code not in known_languages():
        message = f"wanted one of {', '.join(sorted(known_languages()))}"
        raise Unreadable(message)
    return code


Language = Annotated[str, read_language]
