"""Small local models by transformers, for machines without vLLM: batched, padded on the left, and one at a time on the device."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from typing import Any, NamedTuple

from rewardkit.errors import BadParameter, MissingExtra
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients.completion import add_logprob, plain_text
from rewardkit.judges.clients.engines import DEADLINE_S, EngineClient
from rewardkit.judges.clients.forms import form_of
from rewardkit.judges.clients.prefix import clusters, fill, likelihoods

__all__ = ["Loaded", "TransformersClient", "TransformersEngine", "TransformersRewardModel"]


PART_BATCHES = 2  # what is judged before it is kept, and before the deadline is looked at again


class Loaded(NamedTuple):
    """A model as it was loaded, with what it is used by."""

    torch: Any
    model: Any
    tokenizer: Any


Part = tuple[list[int], Callable[[Loaded, Request, Sequence[Sequence[int]]], list[Reply]]]


class TransformersEngine(EngineClient):
    """What clients of transformers' models have in common."""

    kind = "hf"

    def __init__(
        self,
        model: str,
        *,
        device: str | None = None,
        dtype: str = "auto",
        batch_size: int = 16,
        chat_template_kwargs: dict[str, Any] | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        if batch_size < 1:
            message = f"batch_size is {batch_size}; it must be at least 1"
            raise BadParameter(message)
        super().__init__(model, deadline_s=deadline_s, device=device, dtype=dtype)
        self.batch_size = batch_size
        self.part = PART_BATCHES * batch_size
        self.chat_template_kwargs = chat_template_kwargs or {}

    def _open(self, auto: str) -> Loaded:
        try:
            torch, transformers = import_module("torch"), import_module("transformers")
        except ImportError as cause:
            raise MissingExtra(cause.name or "transformers", "trl", "a judge of the hf kind") from cause
        path = os.path.expanduser(self.model)
        if self.model.startswith((".", "/", "~")) and not os.path.isdir(path):
            message = f"{self.model!r} is no folder with a model in it"
            raise BadParameter(message)
        tokenizer = transformers.AutoTokenizer.from_pretrained(path, padding_side="left")
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        device = self.options["device"] or ("cuda" if torch.cuda.is_available() else "cpu")
        model = getattr(transformers, auto).from_pretrained(path, dtype=self.options["dtype"]).to(device).train(False)
        return Loaded(torch, model, tokenizer)

    def _tokens(self, loaded: Loaded, request: Request, *, answering: bool) -> list[int]:
        if request.plain:
            return list(loaded.tokenizer(plain_text(request)).input_ids)
        messages = [dict(message) for message in request.messages]
        if any(not isinstance(message["content"], str) for message in messages):
            message = "this client shows no images; use vllm:MODEL or a server for a judge that sees"
            raise ValueError(message)
        if loaded.tokenizer.chat_template is None:
            text = "\n\n".join(str(message["content"]) for message in messages)
            return list(loaded.tokenizer(text).input_ids)
        ids = loaded.tokenizer.apply_chat_template(
            messages, tokenize=True, return_dict=False, add_generation_prompt=answering, **self.chat_template_kwargs
        )
        return list(ids)

    def _padded(self, loaded: Loaded, rows: Sequence[Sequence[int]], side: str = "left") -> dict[str, Any]:
        longest = max(map(len, rows))
        most = getattr(loaded.model.config, "max_position_embeddings", None) or math.inf
        if longest > most:
            message = f"{longest} tokens, where the model takes {most}"
            raise ValueError(message)
        pad = loaded.tokenizer.pad_token_id
        ids, mask = [], []
        for row in rows:
            rest, real = [pad] * (longest - len(row)), list(row)
            ids.append(rest + real if side == "left" else real + rest)
            mask.append([0] * len(rest) + [1] * len(real) if side == "left" else [1] * len(real) + [0] * len(rest))
        named = {"input_ids": ids, "attention_mask": mask}
        return {name: loaded.torch.tensor(listed).to(loaded.model.device) for name, listed in named.items()}

    def _batches(self, places: Sequence[int], rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
        ordered = sorted(places, key=lambda place: len(rows[place]))  # rows of like length waste little padding
        for start in range(0, len(ordered), self.batch_size):
            yield ordered[start : start + self.batch_size]


class TransformersClient(TransformersEngine):
    """A causal language model that is loaded with the first request; a hub name downloads it, a folder does not.

    Choices are decided by the probability of each whole choice with its end, greedily or, above temperature 0, by a draw, and
    so is each value of JSON whose schema names all fields and their few values; another schema is not enforced. What prompts
    have in common is read once for the rows that are decided so. Rows that are sampled together share one random stream, so a
    seed fixes a batch and not a row.

    Args:
        model: A folder or a hub name.
        device: None takes a GPU where there is one.
        dtype: Of the weights; "auto" as they were saved.
        batch_size: Most rows at a time.
        chat_template_kwargs: Given to the chat template.
        deadline_s: As of `OpenAIClient`, an hour by default; it is looked at every two batches.

    Raises:
        MissingExtra: On first use, when torch or transformers is not installed.
        BadParameter: A folder that is not there.
    """

    def _load(self) -> Loaded:
        return self._open("AutoModelForCausalLM")

    def _run(self, model: Loaded, requests: Sequence[Request]) -> list[Reply]:
        rows = [self._tokens(model, request, answering=True) for request in requests]
        replies: dict[int, Reply] = {}

        def way(place: int) -> tuple[Any, ...]:
            one = requests[place]
            seed = -1 if one.seed is None else one.seed
            return one.choices, form_of(one.schema), one.max_tokens, one.temperature, seed, one.logprobs

        with model.torch.inference_mode(), model.torch.random.fork_rng():
            for _, alike in groupby(sorted(range(len(rows)), key=way), key=way):
                for batch, ask in self._parts(list(alike), rows, requests):
                    first = requests[batch[0]]
                    if first.seed is not None:
                        model.torch.manual_seed(first.seed)
                    replies.update(zip(batch, ask(model, first, [rows[place] for place in batch]), strict=True))
        return [replies[place] for place in range(len(rows))]

    def _parts(self, places: Sequence[int], rows: Sequence[Sequence[int]], requests: Sequence[Request]) -> Iterator[Part]:
        """Batches of places, each with how it is asked: what is decided by likelihoods goes by common beginnings."""
        first = requests[places[0]]
        decided = first.choices or form_of(first.schema) or (first.max_tokens == 1 and first.temperature == 0)
        if not decided:
            yield from ((batch, self._written) for batch in self._batches(places, rows))
            return
        ask = self._chosen if first.choices else self._filled if form_of(first.schema) else self._one_token
        yield from ((batch, ask) for batch in clusters(places, rows, self.batch_size))

    def _written(self, loaded: Loaded, request: Request, rows: Sequence[Sequence[int]]) -> list[Reply]:
        batch = self._padded(loaded, rows)
        sampled = {"do_sample": True, "temperature": request.temperature, "top_k": 0, "top_p": 1.0}
        generated = loaded.model.generate(
            **batch,
            **(sampled if request.temperature > 0 else {"do_sample": False}),
            max_new_tokens=request.max_tokens,
            pad_token_id=loaded.tokenizer.pad_token_id,
            return_dict_in_generate=True,
            output_logits=request.logprobs > 0,
        )
        ends = _ends(loaded)
        replies = []
        for place, row in enumerate(rows):
            new = generated.sequences[place, batch["input_ids"].shape[1] :].tolist()
            stop = next((i for i, token in enumerate(new) if token in ends), None)
            kept = new if stop is None else new[:stop]
            first = generated.logits[0][place].float().log_softmax(-1) if request.logprobs else None
            replies.append(
                Reply(
                    text=loaded.tokenizer.decode(kept, skip_special_tokens=True),
                    top_logprobs={} if first is None else _top(loaded, first, request.logprobs),
                    finish="length" if stop is None else "stop",
                    prompt_tokens=len(row),
                    completion_tokens=len(kept) + (stop is not None),
                )
            )
        return replies

    def _one_token(self, loaded: Loaded, request: Request, rows: Sequence[Sequence[int]]) -> list[Reply]:
        _, first = likelihoods(loaded.torch, loaded.model, rows, [[]], batch=self.batch_size)
        ends, replies = _ends(loaded), []
        for row, behind in zip(rows, first, strict=True):
            token = int(behind.argmax())
            text = "" if token in ends else loaded.tokenizer.decode([token], skip_special_tokens=True)
            finish = "stop" if token in ends else "length"
            replies.append(Reply(text, None, _top(loaded, behind, request.logprobs), finish, len(row), 1))
        return replies

    def _chosen(self, loaded: Loaded, request: Request, rows: Sequence[Sequence[int]]) -> list[Reply]:
        end = [loaded.tokenizer.eos_token_id]
        choices = [[*_ids(loaded, text), *end] for text in request.choices]
        total, first = likelihoods(loaded.torch, loaded.model, rows, choices, batch=self.batch_size)
        allowed = sorted({choice[0] for choice in choices})
        replies = []
        for row, pick, behind in zip(rows, _picks(loaded, request, total), first, strict=True):
            among = loaded.torch.full_like(behind, -math.inf)
            among[allowed] = behind[allowed].log_softmax(-1)
            top = _top(loaded, among, request.logprobs)
            replies.append(Reply(request.choices[pick], None, top, "stop", len(row), len(choices[pick])))
        return replies

    def _filled(self, loaded: Loaded, request: Request, rows: Sequence[Sequence[int]]) -> list[Reply]:
        """A form, blank after blank; each is decided behind those before it."""
        form = form_of(request.schema)
        blanks = [[[*_ids(loaded, blank.before), *_ids(loaded, text)] for text in blank.options] for blank in form]

        def pick(total: Any) -> list[int]:
            return _picks(loaded, request, total)

        replies = []
        for row, picks in zip(rows, fill(loaded.torch, loaded.model, rows, blanks, pick, batch=self.batch_size), strict=True):
            text = "".join(blank.before + blank.options[taken] for blank, taken in zip(form, picks, strict=True))
            new = sum(len(texts[taken]) for texts, taken in zip(blanks, picks, strict=True))
            replies.append(Reply(text, None, {}, "stop", len(row), new))
        return replies


class TransformersRewardModel(TransformersEngine):
    """Scores of whole conversations from a sequence classifier with one label: `Reply.score`, its raw logit, and no text."""

    def _load(self) -> Loaded:
        return self._open("AutoModelForSequenceClassification")

    def _run(self, model: Loaded, requests: Sequence[Request]) -> list[Reply]:
        if model.model.config.num_labels != 1:
            message = f"a reward model has one label, and this has {model.model.config.num_labels}"
            raise ValueError(message)
        rows = [self._tokens(model, request, answering=False) for request in requests]
        replies: dict[int, Reply] = {}
        with model.torch.inference_mode():
            for batch in self._batches(range(len(rows)), rows):
                scores = model.model(**self._padded(model, [rows[place] for place in batch])).logits[:, 0].float().tolist()
                for place, score in zip(batch, scores, strict=True):
                    replies[place] = Reply(score=score, prompt_tokens=len(rows[place]))
        return [replies[place] for place in range(len(rows))]


def _ids(loaded: Loaded, text: str) -> list[int]:
    return list(loaded.tokenizer(text, add_special_tokens=False).input_ids)


def _picks(loaded: Loaded, request: Request, total: Any) -> list[int]:
    """The column of each row: the likeliest, or above temperature 0 one that is drawn."""
    if request.temperature == 0:
        return [int(pick) for pick in total.argmax(-1)]
    return [int(pick) for pick in loaded.torch.multinomial((total / request.temperature).softmax(-1), 1)[:, 0]]


def _ends(loaded: Loaded) -> set[int]:
    told = loaded.model.generation_config.eos_token_id
    return {loaded.tokenizer.eos_token_id, *(told if isinstance(told, list) else [told])} - {None}


def _top(loaded: Loaded, logprobs: Any, count: int) -> dict[str, float]:
    found: dict[str, float] = {}
    if count:
        values, tokens = logprobs.topk(min(count, logprobs.shape[-1]))
        for value, token in zip(values.tolist(), tokens.tolist(), strict=True):
            add_logprob(found, loaded.tokenizer.decode([token]), value)
    return found
