r"""Text to final answer: pure, linear in the text's length, and the same for every verifier.

The steps, in their default order; the first that finds something decides, and a caller may choose another order:

| step | finds |
|---|---|
| `answer_tag` | the `<answer>…</answer>` block outside `<think>` |
| `correction` | the value of a correction that ends the text: "Wait, no: 6." |
| `json` | the `"answer"` (or `"final_answer"`) value of a JSON object |
| `boxed` | the last balanced `\boxed{…}` or `\fbox{…}`, or a "final answer is" with a value of its own after it |
| `hash` | what follows the last `####` at the start of a line |
| `phrase` | what follows the last "the answer is", "Final answer:", "Answer:", or its like in other languages |
| `chinese` | what follows the last 答案是, 答案为, 故选 or their like |
| `bold` | the last `**bold**` text of the closing lines |
| `last_math` | the last `$…$`, `\(…\)` or `\[…\]` of the closing lines |
| `last_number` | the last number of the text |
| `last_line` | the last line that is not empty |

Within a step the last find wins, because earlier ones are steps on the way. What is offered *together* is one
answer: boxes side by side, and `<answer>` blocks with different texts, are `ambiguous` and hold the alternatives.

Stated results for odd tags. Text inside `<think>` is never an answer; a `</think>` without an opening hides all
before it; a `<think>` that is never closed hides all after it but a complete `<answer>` block. Nested blocks: the innermost
counts. Repeated blocks with one text are one answer. An empty block is `no_answer`, and nothing else is looked at, because the
completion said what its answer is. An `<answer>` never closed counts up to the end of the text when no block is complete
(servers cut the text at a stop string). A box never closed counts up to the end of its line when no box is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rewardkit.errors import BadParameter
from rewardkit.extract.bare import is_operator, last_line, last_math, last_number
from rewardkit.extract.boxes import boxed, lone_box
from rewardkit.extract.corrections import correction
from rewardkit.extract.found import Extraction
from rewardkit.extract.stated import bold, chinese, hashed, json_field, phrase
from rewardkit.extract.tags import answer_tag, outside_think

__all__ = ["DEFAULT_ORDER", "STEPS", "Extraction", "extract", "is_operator", "outside_think"]

DEFAULT_ORDER = ("answer_tag", "correction", "json", "boxed", "hash", "phrase", "chinese", "bold", "last_line")

STEPS: dict[str, Callable[[str], Extraction | None]] = {
    "answer_tag": answer_tag,
    "correction": correction,
    "json": json_field,
    "boxed": boxed,
    "hash": hashed,
    "phrase": phrase,
    "chinese": chinese,
    "bold": bold,
    "last_math": last_math,
    "last_number": last_number,
    "last_line": last_line,
}


def extract(text: str, *, order: Sequence[str] = DEFAULT_ORDER) -> Extraction:
    """Find the final answer of a completion.

    `order` lists steps by name (`STEPS`); the default is `DEFAULT_ORDER`. Raises `BadParameter` for an unknown step.
    """
    for name in () if order is DEFAULT_ORDER else order:
        if name not in STEPS:
            message = f"no extraction step is named {name!r}; the steps are {', '.join(STEPS)}"
            raise BadParameter(message)
    if order is DEFAULT_ORDER and (found := lone_box(text)) is not None:
        return found
    visible = outside_think(text)
    for name in order:
        found = STEPS[name](text if name == "answer_tag" else visible)
        if found is not None:
            return found
    return Extraction(None, "none", "no_answer")
