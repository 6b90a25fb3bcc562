"""Process reward models in this process, by transformers or vLLM: the probability that each step of an answer is right.

The model is a token classifier of two labels, of which the second is "right", or of one. Question and steps become tokens piece
by piece, each step with the tag behind it, as TRL's PRMTrainer makes its rows; so it is known by place where the model speaks of
which step, whatever a step holds, and what looks like a token of its own in a step is read as plain text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients.completion import plain_text
from rewardkit.judges.clients.engines import Lost
from rewardkit.judges.clients.transformers import Loaded, TransformersEngine
from rewardkit.judges.clients.vllm import VLLMEngine

__all__ = ["TransformersProcessModel", "VLLMProcessModel"]


class TransformersProcessModel(TransformersEngine):
    """Scores of steps from a token classifier: `Reply.scores`, and no text. Options are those of `TransformersClient`."""

    def _load(self) -> Loaded:
        return self._open("AutoModelForTokenClassification")

    def _run(self, model: Loaded, requests: Sequence[Request]) -> list[Reply]:
        _check_labels(model.model.config.num_labels)
        laid = [_laid_out(model.tokenizer, request, self.chat_template_kwargs) for request in requests]
        rows = [ids for ids, _ in laid]
        replies: dict[int, Reply] = {}
        with model.torch.inference_mode():
            for batch in self._batches(range(len(rows)), rows):
                padded = self._padded(model, [rows[place] for place in batch], side="right")
                logits = model.model(**padded).logits.float()
                for at, place in enumerate(batch):
                    scores = _probabilities(logits[at, laid[place][1]].tolist())
                    replies[place] = Reply(scores=scores, prompt_tokens=len(rows[place]))
        return [replies[place] for place in range(len(rows))]


class VLLMProcessModel(VLLMEngine):
    """Scores of steps from a token classifier in a vLLM engine (`runner="pooling"`); otherwise as `VLLMClient`."""

    def __init__(self, model: str, *, chat_template_kwargs: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(model, **({"runner": "pooling"} | options))
        self.chat_template_kwargs = chat_template_kwargs

    def _run(self, model: Any, requests: Sequence[Request]) -> list[Reply]:
        from vllm import PoolingParams
        from vllm.v1.engine.exceptions import EngineDeadError

        laid = [_laid_out(model.get_tokenizer(), request, self.chat_template_kwargs or {}) for request in requests]
        try:
            outputs = model.encode(
                [{"prompt_token_ids": ids} for ids, _ in laid],
                pooling_params=PoolingParams(use_activation=False),
                pooling_task="token_classify",
                use_tqdm=False,
            )
        except EngineDeadError as cause:
            raise Lost(str(cause)) from cause
        return [_reply(output.outputs.data.tolist(), ids, ends) for output, (ids, ends) in zip(outputs, laid, strict=True)]


def _reply(rows: Sequence[Sequence[float]], ids: Sequence[int], ends: Sequence[int]) -> Reply:
    """From the logits of every token, or of those alone at which a model speaks that knows its own tag."""
    if len(rows) == len(ids):
        rows = [rows[end] for end in ends]
    if len(rows) != len(ends):
        failure = f"the model gave {len(rows)} rows for {len(ids)} tokens with {len(ends)} steps; the tag may not be the model's"
        return Reply(failure=failure, prompt_tokens=len(ids))
    _check_labels(len(rows[0]))
    return Reply(scores=_probabilities(rows), prompt_tokens=len(ids))


def _laid_out(tokenizer: Any, request: Request, chat: dict[str, Any]) -> tuple[list[int], list[int]]:
    """The tokens of the question and of each step with the tag behind it, and the places where the tags end."""
    ids = _question(tokenizer, request, chat)
    tag = _ids(tokenizer, request.tag)
    ends = []
    for step in request.steps:
        ids += _ids(tokenizer, step, split_special_tokens=True) + tag
        ends.append(len(ids) - 1)
    return ids, ends


def _question(tokenizer: Any, request: Request, chat: dict[str, Any]) -> list[int]:
    if request.plain or tokenizer.chat_template is None:
        begin = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
        return begin + _ids(tokenizer, plain_text(request), split_special_tokens=True)
    messages = [dict(message) for message in request.messages]
    return list(tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False, add_generation_prompt=True, **chat))


def _ids(tokenizer: Any, text: str, **options: Any) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False, **options).input_ids)


def _check_labels(count: int) -> None:
    if count not in (1, 2):
        message = f"a process reward model has one label or two, and this has {count}"
        raise ValueError(message)


def _probabilities(rows: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Of the second of two labels, or of the only one, from logits."""
    differences = [row[-1] - row[0] if len(row) == 2 else row[0] for row in rows]
    return tuple(0.5 + 0.5 * math.tanh(0.5 * one) for one in differences)  # the plain formula overflows
