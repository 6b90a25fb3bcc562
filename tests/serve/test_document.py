"""The OpenAPI document is true: schemathesis makes requests from it, right and wrong ones, and checks every answer against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import positive_data_acceptance
from schemathesis.generation import GenerationMode
from service import Service, running

from rewardkit.serve.dialects import DIALECTS
from rewardkit.serve.pages import LOOKS

TOKEN = "secret"


# What a schema cannot say of a batch: that its lists are equally long, and that `auto` finds the column it needs in it.
UNSAID = re.compile(r"has \d+ entries|not equally long|one entry a row|needs the column")


def beyond_schema(answer: schemathesis.Response) -> bool:
    """Whether a batch is refused for what no JSON schema can ask of it."""
    return answer.status_code == 422 and UNSAID.search(answer.json()["error"]) is not None


@pytest.fixture(scope="module", params=[None, TOKEN], ids=["open", "guarded"])
def described(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, str | None]]:
    """A small service without a token and one with; schemathesis finds the limits soon."""
    options = ["--max-rows", "3", "--max-body-mb", "0.1"]
    if request.param:
        path: Path = tmp_path_factory.mktemp("token") / "token"
        path.write_text(TOKEN)
        options += ["--token-file", str(path)]
    with running(*options) as one:
        yield one, request.param


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_as_the_document_says(described: tuple[Service, str | None], mode: GenerationMode) -> None:
    service, token = described
    headers = {"authorization": f"Bearer {token}"} if token else {}
    schema = schemathesis.openapi.from_url(f"{service.url}/openapi.json", headers=headers)
    if token:

        @schema.auth()
        class Bearer:
            def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str | None:
                return token

            def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
                case.headers["Authorization"] = f"Bearer {data}"

    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        seen.add(operation.path)
        if mode is GenerationMode.NEGATIVE and operation.method == "get":
            continue  # there is nothing to get wrong

        @seed(20)
        @settings(max_examples=20, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_as_described(case: schemathesis.Case) -> None:
            answer = case.call()
            excluded = [positive_data_acceptance] if beyond_schema(answer) else []
            case.validate_response(answer, excluded_checks=excluded)

        answers_as_described()
    assert seen == {path for dialect in DIALECTS for path in dialect.paths} | set(LOOKS) - {"/openapi.json"}
