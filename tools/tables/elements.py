"""Makes the table of elements that rewardkit ships, out of periodictable: `python tools/tables/elements.py [FOLDER]`.

The same periodictable gives the same bytes. One element a line, in the order of its number: number, symbol, English name.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from periodictable import elements

SHIPPED = Path(__file__).parents[2] / "rewardkit" / "answers" / "notation"


def lines() -> Iterator[str]:
    """The table as text; the neutron, which stands first there, is no element."""
    for element in sorted(elements, key=lambda element: element.number):
        if element.number > 0:
            yield f"{element.number}\t{element.symbol}\t{element.name}"


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    folder.joinpath("elements.tsv").write_text("\n".join(lines()) + "\n", encoding="utf-8")
