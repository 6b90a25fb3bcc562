"""Tables of HTML, every cell escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

__all__ = ["Link", "section"]


class Link(NamedTuple):
    """A cell that filters by a value of a key."""

    key: str
    value: str
    text: object


def section(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    before: str = "",
    *,
    name: str = "",
    marks: Sequence[Mapping[str, str]] = (),
) -> str:
    """A heading, what is drawn `before` the table, and the table; what is no text is a number, and kept on one line.

    `name` is what the section can be found by, and `marks` has what each row can be filtered by.
    """
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    told = [*map(_marked, marks)]
    body = "".join(f"<tr{told[place] if told else ''}>{''.join(map(_cell, row))}</tr>" for place, row in enumerate(rows))
    label = html.escape(title)
    table = f'<table class="plain" aria-label="{label}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    opened = f'<section id="{name}" tabindex="-1">' if name else "<section>"
    return f"{opened}<h2>{label}</h2>{before}{table}</section>\n"


def _marked(mark: Mapping[str, str]) -> str:
    return "".join(f' data-{key}="{html.escape(value)}"' for key, value in mark.items())


def _cell(value: object) -> str:
    if isinstance(value, Link):
        named = html.escape(value.value)
        # A number alone says nothing where links are read out one by one.
        number, label = ("", "") if isinstance(value.text, str) else (' class="n"', f' aria-label="{value.text}: {named}"')
        return f'<td{number}><a data-key="{value.key}" data-value="{named}"{label}>{_shown(value.text)}</a></td>'
    if value is None or isinstance(value, (str, bool)):
        return f"<td>{_shown(value)}</td>"
    # An interval stands below its number, or seven of them would not fit beside each other.
    return f'<td class="n">{_shown(value).replace(" [", "<br>[")}</td>'


def _shown(value: object) -> str:
    plain = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value
    return html.escape(f"{plain:.3f}" if isinstance(plain, float) else "" if plain is None else str(plain))
