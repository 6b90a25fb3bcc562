"""The client for machines without vLLM, on a tiny random model; what it says is held against transformers used plainly."""

from __future__ import annotations

import asyncio
import json
import math
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S, wait_until

from rewardkit import deadline
from rewardkit.errors import BadParameter
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients import client_of, engines, prefix
from rewardkit.judges.clients.forms import form_of
from rewardkit.judges.clients.transformers import TransformersClient, TransformersRewardModel
from rewardkit.judges.kinds import as_kind
from rewardkit.judges.kinds.kind import Item

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # of torch and transformers
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    sys.path.insert(0, str(Path(__file__).parents[1] / "with_vllm"))
    try:
        import models as tiny
    finally:
        sys.path.pop(0)
    return {name: str(getattr(tiny, name)(tmp_path_factory.mktemp(name))) for name in ("writer", "reward_model")}


def row(text: str, **options: Any) -> Request:
    return Request(({"role": "user", "content": text},), **options)


def complete(of: Any, requests: Sequence[Request]) -> list[Reply]:
    replies: list[Reply] = asyncio.run(of.complete(requests))
    return replies


def test_a_padded_batch_says_what_each_row_says_alone(models: dict[str, str]) -> None:
    requests = [row("why " * n, max_tokens=6, logprobs=4) for n in (1, 9, 3, 20, 2)]
    together = complete(TransformersClient(models["writer"], batch_size=3), requests)
    alone = [complete(TransformersClient(models["writer"], batch_size=1), [one])[0] for one in requests]
    assert [reply.text for reply in together] == [reply.text for reply in alone]
    for one, other in zip(together, alone, strict=True):
        # Half characters share one text, and the last of the four may be another one where two are as likely but for rounding.
        shared = {text for text in one.top_logprobs.keys() & other.top_logprobs.keys() if "\ufffd" not in text}
        assert shared
        assert all(one.top_logprobs[t] == pytest.approx(other.top_logprobs[t], abs=1e-3) for t in shared)
        assert (one.prompt_tokens, one.completion_tokens) == (other.prompt_tokens, other.completion_tokens)


def test_choices_are_scored_whole(models: dict[str, str]) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(models["writer"]), AutoModelForCausalLM.from_pretrained(models["writer"])
    choices, requests = (
        ("yes", "no", "maybe so"),
        [row("is it " + "so " * n, choices=("yes", "no", "maybe so"), logprobs=9) for n in range(6)],
    )
    replies = complete(client_of(f"hf:{models['writer']}"), requests)
    for request, reply in zip(requests, replies, strict=True):
        prompt = tokenizer.apply_chat_template(
            list(request.messages), add_generation_prompt=True, tokenize=True, return_dict=False
        )
        totals = []
        for choice in choices:
            ids = [*tokenizer(choice).input_ids, tokenizer.eos_token_id]
            with torch.inference_mode():
                logprobs = model(torch.tensor([prompt + ids])).logits[0].log_softmax(-1)
            totals.append(sum(float(logprobs[len(prompt) - 1 + i, token]) for i, token in enumerate(ids)))
        assert reply.text == choices[totals.index(max(totals))]
        assert set(reply.top_logprobs) == {"y", "n", "m"}
        assert math.isclose(sum(map(math.exp, reply.top_logprobs.values())), 1, abs_tol=1e-5)


def group(size: int, **options: Any) -> list[Request]:
    """Prompts that share all but their end, and one that shares nothing."""
    return [row("Which of these is it, and why? " * 3 + "x" * n, **options) for n in range(size)] + [row("?", **options)]


@pytest.mark.parametrize(
    "options", [{"choices": ("yes", "no", "maybe so"), "logprobs": 9}, {"max_tokens": 1, "logprobs": 9}], ids=str
)
def test_a_group_that_shares_its_beginning_says_what_each_row_says_alone(
    models: dict[str, str], options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = group(5, **options)
    together = complete(TransformersClient(models["writer"], batch_size=4), requests)
    monkeypatch.setattr(prefix, "LEAST_SHARED", 10_000)  # nothing is kept
    alone = [complete(TransformersClient(models["writer"], batch_size=1), [one])[0] for one in requests]
    for one, other in zip(together, alone, strict=True):
        assert (one.text, one.finish, one.prompt_tokens, one.completion_tokens) == (
            other.text,
            other.finish,
            other.prompt_tokens,
            other.completion_tokens,
        )
        shared = {text for text in one.top_logprobs.keys() & other.top_logprobs.keys() if "\ufffd" not in text}
        assert shared
        assert all(one.top_logprobs[t] == pytest.approx(other.top_logprobs[t], abs=1e-4) for t in shared)


def test_one_token_is_what_generating_gives(models: dict[str, str]) -> None:
    requests = group(3, max_tokens=1, logprobs=4)
    longer = complete(TransformersClient(models["writer"]), group(3, max_tokens=2, logprobs=4))
    for one, more in zip(complete(TransformersClient(models["writer"]), requests), longer, strict=True):
        first = max(more.top_logprobs, key=more.top_logprobs.__getitem__)
        assert max(one.top_logprobs, key=one.top_logprobs.__getitem__) == first
        assert one.top_logprobs[first] == pytest.approx(more.top_logprobs[first], abs=1e-4)


@pytest.mark.parametrize("kind", ["rubric", "list"])
def test_json_follows_its_schema_whatever_the_model(models: dict[str, str], kind: str) -> None:
    made = as_kind(kind, **({"criteria": ["is short", 'says "no"']} if kind == "rubric" else {}))
    items = [Item("Why?", ("Because",), f"for {n} reasons") for n in range(3)]
    parts = [items] if kind == "list" else [[item] for item in items]
    asked = [
        row("?" * n, schema=made.request(part).schema) for n, part in enumerate(parts, start=1)
    ]  # whole ones are too long here
    replies = complete(TransformersClient(models["writer"]), asked)
    for reply, part in zip(replies, parts, strict=True):
        assert None not in made.read(reply, part), reply


@pytest.mark.parametrize("shareable", [True, False])
def test_a_form_is_filled_as_reading_it_anew_would_fill_it(
    models: dict[str, str], shareable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(models["writer"]), AutoModelForCausalLM.from_pretrained(models["writer"])
    fields = {"first one": {"type": "boolean"}, "b": {"enum": ["yes", "no", "it cannot be said"]}, "c": {"type": "boolean"}}
    schema = {"type": "object", "properties": fields, "required": list(fields)}
    if not shareable:
        monkeypatch.setattr(prefix, "_shareable", lambda kept: None)
    requests = group(6, schema=schema)
    for request, reply in zip(requests, complete(TransformersClient(models["writer"], batch_size=5), requests), strict=True):
        ids = tokenizer.apply_chat_template(list(request.messages), add_generation_prompt=True, tokenize=True, return_dict=False)
        for blank in form_of(schema):
            totals = []
            texts = [[*of(tokenizer, blank.before), *of(tokenizer, option)] for option in blank.options]
            for text in texts:
                with torch.inference_mode():
                    logprobs = model(torch.tensor([[*ids, *text]])).logits[0].log_softmax(-1)
                totals.append(sum(float(logprobs[len(ids) - 1 + place, token]) for place, token in enumerate(text)))
            ids = [*ids, *texts[totals.index(max(totals))]]
        assert tokenizer.decode(ids).endswith(reply.text)


def of(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False).input_ids)


def test_what_a_deadline_leaves_no_time_for_fails(models: dict[str, str]) -> None:
    of = TransformersClient(models["writer"], deadline_s=1e-9)
    with deadline.one_call():
        assert deadline.left_s(1e-9) >= 0  # the call's clock has started
        (reply,) = complete(of, [row("a")])
    assert "deadline" in (reply.failure or "")
    with pytest.raises(BadParameter, match="deadline_s"):
        TransformersClient(models["writer"], deadline_s=0)


def test_ctrl_c_keeps_what_was_judged_and_the_run_goes_on_from_there(models: dict[str, str], tmp_path: Path) -> None:
    rows = [{"prompt": "Which?", "answer": "the old tale of cities", "completion": f"a story of {n} towns"} for n in range(300)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    # A tiny model takes few tokens, so that its prompt must be short.
    (tmp_path / "short.txt").write_text("{{question}}\n{{reference}}\n{{answer}}\nSame? {{reply}}\n")
    kept, trace = Cache(tmp_path / "replies.db"), tmp_path / "trace.jsonl"
    command = ["score", "in.jsonl", "-o", "out.jsonl", "--judge", f"hf:{models['writer']}", "--judge-canaries", "0"]
    command += ["--judge-template", "short.txt", "--judge-cache", "replies.db", "--trace", "trace.jsonl"]
    child = subprocess.Popen([sys.executable, "-m", "rewardkit", *command], cwd=tmp_path, stderr=subprocess.PIPE)
    wait_until(lambda: child.poll() is not None or len(kept) > 0)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=HANG_S)
    assert child.returncode == 130, err
    before, written = len(kept), len((tmp_path / "out.jsonl").read_text().splitlines())
    assert 0 < before < 300
    again = [sys.executable, "-m", "rewardkit", *command, "--resume"]
    done = subprocess.run(again, cwd=tmp_path, capture_output=True, timeout=HANG_S)
    assert done.returncode == 0, done.stderr
    sources = [json.loads(line)["info"]["source"] for line in trace.read_text().splitlines()]
    assert len(sources) == 300
    assert sources[written:].count("judged") == 300 - before, "what was kept is not asked again"
    kept.close()


def test_a_plain_prompt_has_no_chat_around_it(models: dict[str, str]) -> None:
    from transformers import AutoTokenizer

    client = TransformersClient(models["writer"])
    plain, chat = complete(client, [row("why so", max_tokens=2, plain=True), row("why so", max_tokens=2)])
    assert plain.prompt_tokens == len(AutoTokenizer.from_pretrained(models["writer"])("why so").input_ids) < chat.prompt_tokens


def test_samples_follow_the_seed(models: dict[str, str]) -> None:
    of = TransformersClient(models["writer"])
    texts = [complete(of, [row("say", temperature=1.0, seed=seed, max_tokens=8)])[0].text for seed in (1, 2, 1)]
    assert texts[0] == texts[2] != texts[1]
    drawn = {complete(of, [row("a or b", temperature=5.0, seed=s, choices=("a", "b"))])[0].text for s in range(12)}
    assert drawn == {"a", "b"}


def test_a_row_that_is_too_long_fails_alone(models: dict[str, str]) -> None:
    replies = complete(TransformersClient(models["writer"]), [row("a"), row("b" * 2000), row("c")])
    assert [bool(reply.failure) for reply in replies] == [False, True, False]
    assert "512" in (replies[1].failure or "")


def test_a_model_is_loaded_once(models: dict[str, str]) -> None:
    first, second = TransformersClient(models["writer"]), TransformersClient(models["writer"], batch_size=2)
    assert first._engine() is second._engine()
    complete(pickle.loads(pickle.dumps(first)), [row("a")])
    assert first._engine() is pickle.loads(pickle.dumps(first))._engine()


def test_a_reward_model(models: dict[str, str]) -> None:
    of = client_of(f"hf:{models['reward_model']}", rewards=True)
    requests = [Request(({"role": "user", "content": "q"}, {"role": "assistant", "content": "a " * n})) for n in (1, 8, 3)]
    together, alone = complete(of, requests), [complete(of, [one])[0] for one in requests]
    assert [reply.score for reply in together] == pytest.approx([reply.score for reply in alone], abs=1e-4)
    assert len({reply.score for reply in together}) == 3
    assert {reply.text for reply in together} == {""}


def test_a_folder_that_is_not_there() -> None:
    for kind in (TransformersClient, TransformersRewardModel):
        with pytest.raises(BadParameter, match="no folder"):
            complete(kind("./nothing/here"), [row("a")])


def test_a_start_that_failed_is_every_rows_failure_and_is_not_tried_again(tmp_path: Path) -> None:
    of = TransformersClient(str(tmp_path))
    first, second = complete(of, [row("a")]), complete(of, [row("a"), row("b")])
    assert all("did not start" in (reply.failure or "") for reply in first + second)


def test_without_torch_the_message_says_what_to_install() -> None:
    program = """
import asyncio, sys
sys.modules["torch"] = None
from rewardkit.judges.client import Request
from rewardkit.judges.clients import client_of
try:
    asyncio.run(client_of(sys.argv[1]).complete([Request(())]))
except ImportError as cause:
    print(cause)
"""
    said = subprocess.run([sys.executable, "-c", program, "hf:some/model"], capture_output=True, text=True, check=True).stdout
    assert "pip install 'trl>=" in said


def test_an_engine_that_was_lost_is_started_again() -> None:
    starts: list[int] = []

    class Frail(engines.EngineClient):
        kind = "frail"

        def _load(self) -> Any:
            starts.append(1)
            return len(starts)

        def _run(self, model: Any, requests: Sequence[Request]) -> list[Reply]:
            if model == 1:
                raise engines.Lost("it died")
            return [Reply(f"engine {model}") for _ in requests]

    of = Frail("model")
    assert "it died" in (complete(of, [row("a")])[0].failure or "")
    assert complete(of, [row("a")])[0].text == "engine 2"


def test_an_image_is_refused_and_not_passed_over(models: dict[str, str]) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    seeing = Request(({"role": "user", "content": [image, {"type": "text", "text": "look"}]},))
    refused, fine = complete(TransformersClient(models["writer"]), [seeing, row("why")])
    assert "shows no images" in (refused.failure or "")
    assert fine.failure is None
