"""vLLM inside this process: a judge that writes, and a reward model that scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rewardkit.errors import MissingExtra
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients.completion import add_logprob, plain_text
from rewardkit.judges.clients.engines import EngineClient, Lost

__all__ = ["VLLMClient", "VLLMEngine", "VLLMRewardModel"]


class VLLMEngine(EngineClient):
    """What clients of vLLM's engines have in common."""

    kind = "vllm"

    def _load(self) -> Any:
        try:
            from vllm import LLM
        except ImportError as cause:
            raise MissingExtra("vllm", "vllm", "a judge in this process") from cause
        return LLM(model=self.model, **self.options)

    def _unload(self, model: Any) -> None:
        model.llm_engine.engine_core.shutdown()


class VLLMClient(VLLMEngine):
    """A vLLM engine that starts with the first request and gets each slice whole, so that it batches and shares prefixes.

    Nothing in this process may be at module level of an unguarded script: vLLM starts its engine by importing `__main__` again.
    Prompts longer than the model's context are failures of their rows alone.

    Args:
        model: A folder or a hub name.
        chat_template_kwargs: Given to the chat template, such as `{"enable_thinking": False}`.
        deadline_s: As of `OpenAIClient`, an hour by default; looked at before a slice begins.
        **options: vLLM's engine arguments, such as `dtype`, `max_model_len`, `gpu_memory_utilization`; prefix caching is on.

    Raises:
        MissingExtra: On first use, when vLLM is not installed.
    """

    def __init__(self, model: str, *, chat_template_kwargs: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(model, **({"enable_prefix_caching": True} | options))
        self.chat_template_kwargs = chat_template_kwargs

    def _run(self, model: Any, requests: Sequence[Request]) -> list[Reply]:
        from vllm.v1.engine.exceptions import EngineDeadError

        chats = [request for request in requests if not request.plain]
        plain = [request for request in requests if request.plain]
        try:
            talked = (
                model.chat(
                    [[dict(message) for message in request.messages] for request in chats],
                    [_sampling(request) for request in chats],
                    use_tqdm=False,
                    chat_template_kwargs=self.chat_template_kwargs,
                )
                if chats
                else []
            )
            written = (
                model.generate(
                    [plain_text(request) for request in plain], [_sampling(request) for request in plain], use_tqdm=False
                )
                if plain
                else []
            )
        except EngineDeadError as cause:
            raise Lost(str(cause)) from cause
        outputs = {True: iter(written), False: iter(talked)}
        return [_reply(next(outputs[request.plain])) for request in requests]


class VLLMRewardModel(VLLMEngine):
    """Scores of whole conversations from a reward model with one label (`runner="pooling"`): `Reply.score`, and no text.

    The request's messages end with the answer to score. The score is the model's raw logit; `activation` asks for what the
    model's own activation makes of it, mostly a probability. Otherwise as `VLLMClient`.
    """

    def __init__(self, model: str, *, activation: bool = False, **options: Any) -> None:
        super().__init__(model, **({"runner": "pooling"} | options))
        self.activation = activation

    def _run(self, model: Any, requests: Sequence[Request]) -> list[Reply]:
        from vllm import PoolingParams
        from vllm.v1.engine.exceptions import EngineDeadError

        tokenizer = model.get_tokenizer()
        conversations = [[dict(message) for message in request.messages] for request in requests]
        tokens = [tokenizer.apply_chat_template(one, tokenize=True, return_dict=False) for one in conversations]
        try:
            outputs = model.classify(
                [{"prompt_token_ids": list(ids)} for ids in tokens],
                pooling_params=PoolingParams(use_activation=self.activation),
                use_tqdm=False,
            )
        except EngineDeadError as cause:
            raise Lost(str(cause)) from cause
        return [_score(output) for output in outputs]


def _sampling(request: Request) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import StructuredOutputsParams

    structured = None
    if request.choices:
        structured = StructuredOutputsParams(choice=list(request.choices))
    elif request.schema is not None:
        structured = StructuredOutputsParams(json=dict(request.schema))
    return SamplingParams(
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        seed=request.seed,
        logprobs=request.logprobs or None,
        structured_outputs=structured,
    )


def _reply(output: Any) -> Reply:
    said = output.outputs[0]
    first: dict[str, float] = {}
    for entry in said.logprobs[0].values() if said.logprobs else ():
        add_logprob(first, entry.decoded_token or "", entry.logprob)
    return Reply(
        text=said.text,
        top_logprobs=first,
        finish=said.finish_reason or "stop",
        prompt_tokens=len(output.prompt_token_ids or ()),
        completion_tokens=len(said.token_ids),
    )


def _score(output: Any) -> Reply:
    values = output.outputs.probs
    tokens = len(output.prompt_token_ids or ())
    if len(values) != 1:
        return Reply(failure=f"a reward model has one label, and this has {len(values)}", prompt_tokens=tokens)
    return Reply(score=float(values[0]), prompt_tokens=tokens)
