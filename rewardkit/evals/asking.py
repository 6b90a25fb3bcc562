"""Questions for a model in the benchmark's own way, from prompts of ours in files.

The originals' prompts are not reproduced: which model is asked matters more, and the documentation says that they differ.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rewardkit.evals.model import Ask, Step
from rewardkit.judges.client import Request
from rewardkit.judges.kinds.templates import fence, load

__all__ = ["ask"]

PROMPTS = Path(__file__).parent / "prompts"
MAX_TOKENS = 128


def ask(prompt: str, read: Callable[[str], Step | None], otherwise: Callable[[], Step], *, tries: int = 5, **fields: str) -> Ask:
    """Ask with the prompt of that name; what is filled in stands in fences that it cannot close."""
    template = load(str(PROMPTS / f"{prompt}.txt"))
    filled = {name: fence(name, text) for name, text in fields.items()}
    messages = tuple({"role": role, "content": text} for role, text in template.fill(filled))
    return Ask(Request(messages, max_tokens=MAX_TOKENS), template.version, read, otherwise, tries)
