r"""Chemistry in one dress: `\ce{H2SO4}`, `H₂SO₄`, `$\mathrm{H_2SO_4}$` and `H<sub>2</sub>SO<sub>4</sub>` on one plain line.

Counts stand behind an underscore or bare, charges and masses behind a caret, each in braces where it was lowered or raised as a
whole; arrows are `->`, `<-` and `⇌`, the dot of a hydrate is `·`.
"""

from __future__ import annotations

import re

from rewardkit.answers.notation.characters import FRACTIONS, SIGNS, SPACES, SUBSCRIPTS, SUPERSCRIPTS

__all__ = ["MAX_LENGTH", "in_one_dress"]

MAX_LENGTH = 400

_SUPER = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_SUB = re.compile("[₀₁₂₃₄₅₆₇₈₉₊₋]+")
_MARKUP = re.compile(r"<(sub|sup)>([^<>]{1,12})</\1>", re.IGNORECASE)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{?\s*(\d{1,3})\s*\}?\s*\{?\s*(\d{1,3})\s*\}?")
_FONT = re.compile(r"\\(?:ce|mathrm|text|textrm|mathbf|textbf|mathsf|operatorname|rm|mbox)(?![a-zA-Z])")
_SPACE = re.compile(r"\\(?:[,;:! ]|q?quad(?![a-zA-Z])|(?:left|right|displaystyle)(?![a-zA-Z]))|[~\s$]|\\[()\[\]]")
_LABEL = r"(?:\s*\[[^\[\]]{0,60}\])?(?:\s*\{(?:[^{}]|\{[^{}]{0,60}\}){0,60}\})?"
_BOTH_WAYS = re.compile(
    rf"\\x?(?:long)?(?:rightleftharpoons|leftrightharpoons|leftrightarrow|rightleftarrows){_LABEL}|⇌|⇄|⇋|↔|⟷|(?:<=+>|<-+>|<=>>|<<=>)(?:\[[^\[\]]{{0,40}}\]){{0,2}}"
)
_TO = re.compile(
    rf"\\x(?:right|Right)arrow{_LABEL}|\\(?:overset|stackrel)\s*\{{[^{{}}]{{0,60}}\}}\s*\{{\s*\\(?:long)?rightarrow\s*\}}"
    r"|\\(?:[Ll]ong)?[Rr]ightarrow(?![a-zA-Z])|\\(?:to|implies)(?![a-zA-Z])|→|⟶|⟹|⇒|[-–—−]{1,3}>(?:\[[^\[\]]{0,40}\]){0,2}|=>"
)
_FROM = re.compile(r"\\(?:long)?leftarrow(?![a-zA-Z])|←|⟵|<[-–—−]{1,2}")
_ESCAPING = re.compile(r"\\(?:up|down)arrow(?![a-zA-Z])|[↑↓]")
_DOT = re.compile(r"\\(?:cdot|bullet|times|ast)(?![a-zA-Z])|[·⋅∙•∗*]")
_OPEN_ISOTOPE = re.compile(r"\{\}\s*(?=[\^_])")
_AROUND_DOT = re.compile(r"\s*·\s*(?:(\d{1,2})\s+(?=[A-Z]))?")
_FULL_STOP = re.compile(r"[.,;。]\s*$")
_PLAIN = str.maketrans({**SIGNS, **SPACES, **{char: f" {part}" for char, part in FRACTIONS.items()}})


def in_one_dress(text: str) -> str | None:
    """The text on one plain line; None where something of its dress is left that no chemistry is written with."""
    if len(text) > MAX_LENGTH:
        return None
    text = _MARKUP.sub(lambda m: f"{'_' if m[1].lower() == 'sub' else '^'}{{{m[2]}}}", text)
    text = _FRACTION.sub(r" \1/\2 ", text)
    for arrow, sign in ((_BOTH_WAYS, " ⇌ "), (_TO, " -> "), (_FROM, " <- ")):
        text = arrow.sub(sign, text)
    text = _SUPER.sub(lambda m: "^{" + m[0].translate(SUPERSCRIPTS) + "}", text)
    text = _SUB.sub(lambda m: "_{" + m[0].translate(SUBSCRIPTS) + "}", text)
    text = _DOT.sub("·", _ESCAPING.sub("", text.strip().strip("`*")))
    text = _SPACE.sub(" ", _FONT.sub("", text)).translate(_PLAIN)
    text = _OPEN_ISOTOPE.sub("", text)
    text = " ".join(_AROUND_DOT.sub(r"·\1", _FULL_STOP.sub("", _without_groups(text))).split())
    return text if text and "\\" not in text else None


def _without_groups(text: str) -> str:
    """The text without braces that lower or raise nothing."""
    kept: list[str] = []
    lowered: list[bool] = []
    for place, char in enumerate(text):
        if char == "{":
            lowered.append(text[place - 1 : place] in ("^", "_"))
            if not lowered[-1]:
                continue
        elif char == "}" and lowered and not lowered.pop():
            continue
        kept.append(char)
    return "".join(kept)
