r"""Text to final answer: pure, linear in the text's length, and the same for every verifier.

The steps, in their default order; the first that finds something decides, and a caller may choose another order:

| step | finds |
|---|---|
| `answer_tag` | the `<answer>…</answer>` block outside `<think>` |
| `correction` | the value of a correction that ends the text: "Wait, no: 6." |
| `json` | the `"answer"` (or `"final_answer"`) value of a JSON object |
| `label` | what stands under a name for answers: `[Answer] 42`, `【答案】C`, or in a closing `<final>…</final>` |
| `boxed` | the last balanced `\boxed{…}` or `\fbox{…}`, or a "final answer is" with a value of its own after it |
| `hash` | what follows the last `####` at the start of a line that is no heading |
| `phrase` | what follows the last "the answer is", "Final answer:", 答案是, "Antwort:" or its like in some forty languages |
| `bold` | the last `**bold**` text of the closing lines |
| `last_line` | the last line that is not empty |

Within a step the last find that the text *states* wins (`rewardkit.prose.stance`): what is denied, doubted, asked, supposed,
compared with or said by others is passed over. What is offered *together* is one answer: boxes side by side, a box "or" a value,
and `<answer>` blocks with different texts, are `ambiguous` and hold the alternatives.

Stated results for odd tags. Text inside `<think>` is never an answer; a `</think>` without an opening hides all
before it; a `<think>` that is never closed hides all after it but a complete `<answer>` block. Nested blocks: the innermost
counts. Repeated blocks with one text are one answer. An empty block is `no_answer`, and nothing else is looked at, because the
completion said what its answer is. An `<answer>` never closed counts up to the end of the text when no block is complete
(servers cut the text at a stop string). A box never closed counts up to the end of its line when no box is complete and what
stands in it is not cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from rewardkit.errors import BadParameter
from rewardkit.extract.announcements import bold, hashed, last_line, phrase
from rewardkit.extract.boxes import boxed, lone_box
from rewardkit.extract.corrections import correction
from rewardkit.extract.json_field import json_field
from rewardkit.extract.labels import label
from rewardkit.extract.statement import Method, Reason, Statement
from rewardkit.extract.tags import answer_tag
from rewardkit.extract.wrappers import outside_think, told, unwrapped

__all__ = ["DEFAULT_ORDER", "STEPS", "Method", "Reason", "Statement", "extract", "outside_think", "told"]

STEPS: dict[str, Callable[[str], Statement | None]] = {
    "answer_tag": answer_tag,
    "correction": correction,
    "json": json_field,
    "label": label,
    "boxed": boxed,
    "hash": hashed,
    "phrase": phrase,
    "bold": bold,
    "last_line": last_line,
}
DEFAULT_ORDER = tuple(STEPS)
ASKED = 40  # characters; a longer text with a question mark at its end may be what was asked for


def extract(text: str, *, order: Sequence[str] = DEFAULT_ORDER) -> Statement:
    """Find the final answer of a completion.

    The last few texts are kept, because the stages of a route ask for the same one.

    Args:
        text: The completion.
        order: Names of the steps to try (`STEPS`), the first that finds something decides.

    Raises:
        BadParameter: No step has such a name.
    """
    if order is DEFAULT_ORDER:
        return _read(text)
    for name in order:
        if name not in STEPS:
            message = f"no extraction step is named {name!r}; the steps are {', '.join(STEPS)}"
            raise BadParameter(message)
    return _asked(_steps(unwrapped(text), order))


@lru_cache(maxsize=4)
def _read(text: str) -> Statement:
    text = unwrapped(text)
    return _asked(lone_box(text) or _steps(text, DEFAULT_ORDER))


def _steps(text: str, order: Sequence[str]) -> Statement:
    shown = outside_think(text)
    for name in order:
        found = STEPS[name](text if name == "answer_tag" else shown)
        if found is not None:
            return found
    return Statement(None, Method.NONE, Reason.NO_ANSWER)


def _asked(found: Statement) -> Statement:
    """The statement, unless what is marked is a short question, as 42? in a box, which states nothing."""
    text = found.text or ""
    if not found.marked or len(text) > ASKED or not text.endswith(("?", "？")) or not text.strip("?？ "):
        return found
    return found._replace(text=None, reason=Reason.NO_ANSWER)
