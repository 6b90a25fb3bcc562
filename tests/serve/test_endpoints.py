"""What the endpoints answer, over a real socket to a real process."""

from __future__ import annotations

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from service import Service

from rewardkit import dispatch, recipes
from rewardkit.batch.columns import to_row
from rewardkit.serve.dialects import DIALECTS
from rewardkit.serve.pages import LOOKS
from rewardkit.serve.run import listen

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "demo" / "sample.jsonl"
CASES = [json.loads(line) for line in (HERE / "cases" / "bodies.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_body_is_answered_as_the_case_says(service: Service, case: dict[str, Any]) -> None:
    done = service.post(case["body"])
    assert done.status_code == case["status"], done.text
    if case["status"] == 200:
        answer = done.json()
        assert answer["rewards"] == case["rewards"] == [row["reward"] for row in answer["rows"]]
    else:
        assert list(done.json()) == ["error"]
        assert case["error"] in done.json()["error"]


def test_bytes_that_are_no_text_are_refused(service: Service) -> None:
    assert service.post(b'{"rows": [{"completion": "\xff"}]}').status_code == 400
    assert service.post("[" * 100_000).status_code == 400
    assert service.post('{"rows": [{"completion": "B", "answer": ' + "[" * 70 + "]" * 70 + "}]}").status_code == 400
    assert service.post('{"rows": [{"completion": "B", "answer": ' + "9" * 5000 + "}]}").status_code == 400


def test_every_row_says_why(service: Service) -> None:
    rows = [
        {"id": "right", "completion": "It is 42.", "answer": "42"},
        {"id": {"page": 2}, "completion": "41 or 42", "answer": "42"},
        {"completion": "a tale", "answer": "A tale of two cities, told at length."},
        {"answer": "42"},
    ]
    found = service.post({"rows": rows}).json()["rows"]
    told = [(row["id"], row["status"], row["reason"], row["route"]) for row in found]
    assert told == [
        ("right", "scored", "match", "number"),
        ({"page": 2}, "scored", "ambiguous", "number"),
        (2, "abstained", "needs_judge", "text"),
        (3, "error", "bad_row", None),
    ]
    assert found[0]["extracted"] == "42"
    assert found[3]["error"] == "rows[3]: no completion; the row has answer"


def test_the_service_and_the_library_agree_on_the_demo(service: Service) -> None:
    rows = [json.loads(line) for line in DEMO.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    read = [to_row(row, {}, number=i, index=i) for i, row in enumerate(rows)]
    assert sum(not row.problem for row in read) > 150
    local = dispatch.run(recipes.build("auto"), [row.sample for row in read])
    answer = service.post({"rows": rows}).json()
    for row, verdict, got in zip(read, local, answer["rows"], strict=True):
        if row.problem:
            assert (got["reward"], got["reason"]) == (None, "bad_row")
        else:
            assert (got["reward"], got["reason"], got["verifier"]) == (verdict.score, verdict.reason, verdict.verifier)


def test_many_clients_at_once_each_get_their_own(service: Service) -> None:
    def ask(number: int) -> bool:
        answers = [str(number), str(number + 1)]
        body = {"columns": {"completion": [f"It is {number}."] * 2, "answer": answers, "id": [number, -number - 1]}}
        answer = service.post(body).json()
        return answer["rewards"] == [1.0, 0.0] and [row["id"] for row in answer["rows"]] == [number, -number - 1]

    with ThreadPoolExecutor(16) as clients:
        assert all(clients.map(ask, range(200)))


def test_an_answer_does_not_wait_for_the_network_to_make_up_its_mind() -> None:
    # Nagle's algorithm and a delayed acknowledgement take 40 ms together; a connection says whether the first is off.
    async def nodelay() -> bool:
        found = asyncio.get_running_loop().create_future()

        async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listen("127.0.0.1", 0) as sock:
            async with await asyncio.start_server(accepted, sock=sock):
                _, writer = await asyncio.open_connection(*sock.getsockname())
                writer.close()
                return bool(await found)

    assert asyncio.run(nodelay())


def test_a_large_body_is_read_apart(service: Service) -> None:
    rows = [{"completion": "so " * 3000 + "it is 7.", "answer": str(7 + i % 2)} for i in range(100)]
    assert service.post({"rows": rows}).json()["rewards"] == [1.0, 0.0] * 50


def test_what_is_no_endpoint(service: Service) -> None:
    assert (service.get("/nothing").status_code, service.get("/v1/rewards").status_code) == (404, 405)
    assert list(service.get("/nothing").json()) == ["error"]
    assert service.post(b"a=b", headers={"content-type": "application/x-www-form-urlencoded"}).status_code == 415
    assert service.post(b"{}", headers={"content-encoding": "gzip"}).status_code == 415


def test_health_readiness_and_metrics(service: Service) -> None:
    assert service.get("/health").json() == {"status": "ok"}
    assert service.get("/ready").json() == {"status": "ready"}

    def counts() -> dict[str, float]:
        families = text_string_to_metric_families(service.get("/metrics").text)
        return {f"{s.name}{sorted(s.labels.values())}": s.value for family in families for s in family.samples}

    before = counts()
    service.post({"rows": [{"completion": "7", "answer": "7"}] * 3})
    service.post("[")
    service.get("/made/up")
    after = counts()
    grown = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    assert grown["rewardkit_rows_total['match', 'number', 'scored']"] == 3
    assert grown["rewardkit_requests_total['/v1/rewards', '200']"] == 1
    assert grown["rewardkit_requests_total['/v1/rewards', '400']"] == 1
    assert grown["rewardkit_requests_total['404', 'other']"] == 1
    assert grown["rewardkit_request_seconds_count['/v1/rewards']"] == 2
    assert (
        after["rewardkit_requests_running[]"] == after["rewardkit_requests_waiting[]"] == after["rewardkit_pending_bytes[]"] == 0
    )


def test_the_document_describes_every_endpoint(service: Service) -> None:
    document = service.get("/openapi.json").json()
    posts = {path for dialect in DIALECTS for path in dialect.paths}
    assert set(document["paths"]) == posts | set(LOOKS) - {"/openapi.json"}
