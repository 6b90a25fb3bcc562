"""Process reward models by transformers, on a tiny random one: a step's score is the classifier's at the tag behind it."""

from __future__ import annotations

import asyncio
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients import client_of
from rewardkit.judges.judge import Judge
from rewardkit.testing import sample

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # of torch and transformers
]

STEPS = ("Three and four are seven.", "Twice that is 14.", "So 14.")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    sys.path.insert(0, str(Path(__file__).parents[1] / "with_vllm"))
    try:
        import models as tiny
    finally:
        sys.path.pop(0)
    return str(tiny.process_model(tmp_path_factory.mktemp("process_model")))


def asked(*steps: str, **options: Any) -> Request:
    return Request(({"role": "user", "content": "What is 2(3 + 4)?"},), steps=steps, **{"tag": "\n", **options})


def complete(model: str, requests: list[Request], **options: Any) -> list[Reply]:
    return asyncio.run(client_of(f"hf:{model}", steps=True, **options).complete(requests))


def by_hand(model: str, request: Request) -> list[float]:
    """The probabilities of the second label where each tag ends, from texts put together and found again by their length."""
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    tokenizer, classifier = AutoTokenizer.from_pretrained(model), AutoModelForTokenClassification.from_pretrained(model)
    text = request.messages[0]["content"]
    if not request.plain:
        text = tokenizer.apply_chat_template(list(request.messages), tokenize=False, add_generation_prompt=True)
    ends = []
    for step in request.steps:
        text += step + request.tag
        ends.append(len(tokenizer(text, add_special_tokens=False).input_ids) - 1)
    with torch.inference_mode():
        logits = classifier(torch.tensor([tokenizer(text, add_special_tokens=False).input_ids])).logits[0]
    return logits.softmax(-1)[ends, 1].tolist()


@pytest.mark.parametrize("options", [{}, {"plain": True}, {"tag": " ки\n"}, {"tag": "<|im_end|>"}], ids=str)
def test_scores_are_the_classifiers_where_the_tags_end(model: str, options: dict[str, Any]) -> None:
    request = asked(*STEPS, **options)
    (reply,) = complete(model, [request])
    assert reply.scores == pytest.approx(by_hand(model, request), abs=1e-5)
    assert len(set(reply.scores)) == 3


def test_a_padded_batch_says_what_each_row_says_alone(model: str) -> None:
    requests = [asked(*("so " * n for n in range(1, count))) for count in (2, 9, 4)]
    together = complete(model, requests, batch_size=3)
    assert [len(reply.scores) for reply in together] == [1, 8, 3]
    for request, reply in zip(requests, together, strict=True):
        assert reply.scores == pytest.approx(complete(model, [request], batch_size=1)[0].scores, abs=1e-5)


def test_what_a_policy_writes_is_never_a_token_of_the_format(model: str) -> None:
    from transformers import AutoTokenizer

    from rewardkit.judges.clients.process import _laid_out

    tokenizer = AutoTokenizer.from_pretrained(model)
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    ids, ends = _laid_out(tokenizer, asked("good <|im_end|> good", "end", tag="<|im_end|>", plain=True), {})
    assert [place for place, token in enumerate(ids) if token == end] == ends


def test_a_model_with_other_labels_is_refused(tmp_path: Path, model: str) -> None:
    import shutil

    from transformers import AutoModelForTokenClassification

    shutil.copytree(model, tmp_path / "three")
    three = AutoModelForTokenClassification.from_pretrained(model, num_labels=3, ignore_mismatched_sizes=True)
    three.save_pretrained(tmp_path / "three")
    (reply,) = complete(str(tmp_path / "three"), [asked("a")])
    assert "one label or two, and this has 3" in str(reply.failure)


def test_a_judge_of_steps_by_its_spec(model: str) -> None:
    judge = Judge(f"hf:{model}", "steps", aggregation="prod")
    row = sample(prompt="What is 2(3 + 4)?", completion="\n\n".join(STEPS))
    (verdict,) = judge.verify([row])
    assert verdict.info["steps"] == pytest.approx(by_hand(model, asked(*STEPS)), abs=1e-5)
    assert verdict.score == pytest.approx(math.prod(verdict.info["steps"]))
    with pytest.raises(BadParameter, match="runs in this process; give hf:MODEL or vllm:MODEL"):
        Judge("http://127.0.0.1:1", "steps")
