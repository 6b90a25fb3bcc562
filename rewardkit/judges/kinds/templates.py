"""Prompts are files: loaded once, known by a hash of their text, filled in one pass.

A file may start with `#:` lines, which are notes and no part of the prompt. `=== system ===` and `=== user ===` begin the
messages; a file without them is one user message. `{{name}}` is a placeholder. What is filled in is never read again, so the
text of one field cannot be another field's placeholder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from rewardkit.errors import BadParameter, UnknownName

__all__ = ["Template", "Templated", "fence", "load", "names"]

FOLDER = Path(__file__).parent / "templates"

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_SECTION = re.compile(r"^=== (system|user) ===\n", re.MULTILINE)


@dataclass(frozen=True)
class Template:
    """A prompt with placeholders; `digest` names its very text, so that a trace says what was asked."""

    name: str
    text: str

    @cached_property
    def digest(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of the text without its notes."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    @cached_property
    def fields(self) -> frozenset[str]:
        """Names of the placeholders."""
        return frozenset(_PLACEHOLDER.findall(self.text))

    @property
    def version(self) -> str:
        """Name and digest, as they stand in traces."""
        return f"{self.name}@{self.digest}"

    def fill(self, fields: Mapping[str, str]) -> list[tuple[str, str]]:
        """The messages as (role, text). Raises `BadParameter` when a placeholder has no field."""
        missing = self.fields - set(fields)
        if missing:
            message = f"the template {self.name!r} has the placeholders {sorted(missing)}, which this kind of judge does not fill"
            raise BadParameter(message)
        parts = _SECTION.split(self.text)
        roles = list(zip(parts[1::2], parts[2::2], strict=True)) or [("user", parts[0])]
        return [(role, _PLACEHOLDER.sub(lambda match: fields[match[1]], text.strip("\n"))) for role, text in roles]


def names() -> list[str]:
    """The templates that come with the library, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


@lru_cache(maxsize=64)
def load(name: str) -> Template:
    """The template of that name, or of that path when it ends in `.txt`.

    Raises `UnknownName` for a name that is not there, and `BadParameter` for a file that cannot be read.
    """
    own = not name.endswith(".txt")
    path = FOLDER / f"{name}.txt" if own else Path(name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        if own:
            raise UnknownName("template", name, names(), "A file of your own is given by its path, ending in .txt.") from None
        message = f"cannot read the template {name}: {cause}"
        raise BadParameter(message) from None
    kept = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#:"))
    return Template(path.stem, kept.strip("\n") + "\n")


def fence(label: str, text: str) -> str:
    """The text between two marks that carry a code which the text does not hold, so that it cannot close its fence.

    The code follows from the text alone: equal texts give equal prompts, for the cache and for a server's prefix cache.
    """
    code = ""
    for turn in range(1_000):
        code = hashlib.sha256(f"{label}\x1f{turn}\x1f{text}".encode(errors="replace")).hexdigest()[:12]
        if code not in text:
            break
    return f"<{label} {code}>\n{text}\n</{label} {code}>"


class Templated:
    """What a kind of judging has by the name of its template: the prompt, and a version that names both."""

    name: str
    template: str

    @cached_property
    def prompt(self) -> Template:
        """The template."""
        return load(self.template)

    @property
    def version(self) -> str:
        """Template and kind."""
        return f"{self.prompt.version} {self.name}"
