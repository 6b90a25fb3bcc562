"""The one table of Unicode characters: what each is in ASCII or LaTeX, and how text is rewritten by it.

Signs, spaces and digits are the same for every reader. A product or a fraction is a command for the grammar and a letter x or a
slash within a plain number.
"""

from __future__ import annotations

__all__ = ["FRACTIONS", "IN_LATEX", "IN_NUMBERS", "SIGNS", "SPACES", "SUBSCRIPTS", "SUPERSCRIPTS", "ascii_digits"]

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", "0123456789+-=()")

_COMMANDS = """
α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota
κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho σ sigma τ tau υ upsilon
φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega ϕ phi ϵ epsilon ϑ theta Ω Omega
× times · cdot ⋅ cdot ∙ cdot ÷ div ∞ infty ≤ le ≥ ge ⩽ le ⩾ ge
≦ le ≧ ge ≠ ne ≈ approx ≅ approx ∼ sim ∈ in ∉ notin ∪ cup ∩ cap ∅ emptyset
∖ setminus ± pm ∓ mp ⌊ lfloor ⌋ rfloor ⌈ lceil ⌉ rceil ∑ sum ∏ prod ∫ int ⇒ Rightarrow → to ⟶ to ⇔ iff ≡ equiv ∠ angle △ triangle
⟨ langle ⟩ rangle ⊂ subset ⊆ subseteq ∨ lor ∧ land ∣ mid … ldots ⋯ ldots ℏ hbar ⊥ perp ∥ parallel ℓ ell ∂ partial ∇ nabla ′ prime
º degree ° degree √ sqrt
"""
_SIGNS = "− - – - — - ‐ - ‑ - ﹣ - ‘ ' ’ ' 。 . ， , ⁄ / ∕ / ٪ % ￥ ¥"
_LATEX = r"""
“ " ” " 、 , 【 [ 】 ] ″ '' ∛ \sqrt[3] ∜ \sqrt[4] ℃ \text{°C} ℉ \text{°F}
ℝ \mathbb{R} ℤ \mathbb{Z} ℕ \mathbb{N} ℚ \mathbb{Q} ℂ \mathbb{C} ₙ _{n} ₖ _{k} ‰ /1000
① 1 ② 2 ③ 3 ④ 4 ⑤ 5 ⑥ 6 ⑦ 7 ⑧ 8 ⑨ 9
"""
_FRACTIONS = "½ 1/2 ⅓ 1/3 ⅔ 2/3 ¼ 1/4 ¾ 3/4 ⅕ 1/5 ⅖ 2/5 ⅗ 3/5 ⅘ 4/5 ⅙ 1/6 ⅚ 5/6 ⅛ 1/8 ⅜ 3/8 ⅝ 5/8 ⅞ 7/8"
_NOTHING = "「」\u200b\u200c\u200d\ufeff\u2061\u2062\u00ad"


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


SIGNS = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | _pairs(_SIGNS)
"""Full-width characters, dashes, quotes and other signs that have one ASCII spelling."""

SPACES = dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ")
FRACTIONS = _pairs(_FRACTIONS)

IN_LATEX = str.maketrans(
    SIGNS
    | _pairs(_LATEX)
    | {char: f"\\{name} " for char, name in _pairs(_COMMANDS).items()}
    | {char: f"\\frac{{{part[0]}}}{{{part[2]}}}" for char, part in FRACTIONS.items()}
    | dict.fromkeys(_NOTHING, "")
)
"""Every character that has a plain or LaTeX spelling, for `str.translate`."""

IN_NUMBERS = str.maketrans(SIGNS | SPACES | {char: f" {part}" for char, part in FRACTIONS.items()} | dict.fromkeys("×·⋅", "x"))
"""The characters of plain numbers, for `str.translate`."""


def ascii_digits(text: str) -> str:
    """The text with the decimal digits of every script in ASCII."""
    return text if text.isascii() else "".join(str(int(c)) if c.isdecimal() and not c.isascii() else c for c in text)
