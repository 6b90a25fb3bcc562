"""Judges against a real server on this machine, through the real client and the command line."""

from __future__ import annotations

import json

import pytest
from cli_program import call_here
from fake import accept, agree, control, fit_server
from servers import Seen, Server, Writer, closed_port, completion, send

from rewardkit.judges.client import Request
from rewardkit.judges.judge import Judge
from rewardkit.judges.kinds import Criteria
from rewardkit.testing import read_cases, sample

CAPITAL = {"prompt": "Capital of Australia?", "answer": "the city of Canberra"}
SUM = {"prompt": "2 + 2?", "answer": "4"}
ROWS = [
    {"id": "text", **CAPITAL, "completion": "<answer>canberra</answer>"},
    {"id": "same", **CAPITAL, "completion": "So: <answer>canberra.</answer>"},
    {"id": "wrong", **CAPITAL, "completion": "<answer>Sydney</answer>"},
    {"id": "key", **CAPITAL, "completion": "Let's think step by step."},
    {"id": "rule", **SUM, "completion": "4"},
    {"id": "doubted", **SUM, "completion": "5"},
]


def judging(decide):
    async def behave(seen: Seen, writer: Writer) -> None:
        await send(writer, completion(decide(Request(tuple(seen.body["messages"])))))

    return fit_server(behave)


def about_rows(server):
    return [seen for seen in server.chats if control(Request(tuple(seen.body["messages"]))) is None]


def score(folder, *options):
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    done = call_here("score", folder / "in.jsonl", "-o", folder / "out.jsonl", *options)
    rows = {}
    if done.returncode == 0:
        rows = {row["id"]: row for row in map(json.loads, (folder / "out.jsonl").read_text().splitlines())}
    return done, rows


def test_score_asks_a_server_for_what_rules_cannot_tell(tmp_path):
    with Server(judging(agree)) as server:
        options = ["--judge", server.url, "--judge-cache", str(tmp_path / "replies.db")]
        options += ["--trace", str(tmp_path / "trace.jsonl")]
        done, rows = score(tmp_path, *options)
        assert done.returncode == 0, done.stderr
        assert {name: row["reward"] for name, row in rows.items()} == {
            "text": 1,
            "same": 1,
            "wrong": 0,
            "key": 0,
            "rule": 1,
            "doubted": 0,
        }
        assert len(about_rows(server)) == 2
        asked = len(server.chats)
        trace = {row["id"]: row["info"] for row in map(json.loads, (tmp_path / "trace.jsonl").read_text().splitlines())}
        sources = {name: info["source"] for name, info in trace.items()}
        assert sources == {
            "text": "judged",
            "same": "shared",
            "wrong": "judged",
            "key": "rule",
            "rule": "rule",
            "doubted": "rule",
        }
        assert trace["key"]["rule"] == "master_key"
        assert trace["text"]["judge"].startswith("judge@127.0.0.1")
        assert trace["text"]["prompt_tokens"] == 7 * (1 + 24 + 1)  # the row, what is asked before the first verdict, a control
        score(tmp_path, *options)
        assert len(server.chats) == asked  # the second run found every reply in the cache, those to controls too


def test_on_reject_the_judge_s_yes_is_written_down(tmp_path):
    with Server(judging(accept)) as server:
        log = tmp_path / "cases.jsonl"
        _, rows = score(tmp_path, "--judge", server.url, "--judge-on", "reject", "--disagreements", str(log))
        assert rows["doubted"]["reward"] == 1
        (case,) = read_cases(log)
        assert (case.sample.text, case.score, case.verifier) == ("5", 1.0, "number.equal")


@pytest.mark.slow
def test_a_server_that_is_not_there_costs_its_rows_and_no_others(tmp_path):
    done, rows = score(tmp_path, "--judge", f"http://127.0.0.1:{closed_port()}")
    assert (done.returncode, "note: rows for the judge will be errors" in done.stderr) == (0, True), done.stderr
    assert {name: (row["reward"], row["reason"]) for name, row in rows.items()} == {
        "text": (None, "judge_unavailable"),
        "same": (None, "judge_unavailable"),
        "wrong": (None, "judge_unavailable"),
        "key": (0, "no_answer"),
        "rule": (1, "match"),
        "doubted": (0, "mismatch"),
    }
    assert "cannot be reached" in rows["text"]["error"]


def test_options_of_a_judge_without_one_are_refused(tmp_path):
    done, _ = score(tmp_path, "--judge-cache", "replies.db")
    assert done.returncode == 2
    assert "--judge" in done.stderr


def test_a_schema_and_logprobs_come_through():
    async def reply(seen: Seen, writer: Writer) -> None:
        top = [{"token": "yes", "logprob": -0.1054}, {"token": "no", "logprob": -2.3026}]
        first = {"content": [{"token": "yes", "logprob": -0.1054, "top_logprobs": top}]}
        text = '{"c1": true, "c2": false}' if "c2" in str(seen.body["messages"]) else "yes"
        await send(writer, completion(text, logprobs=first))

    row = sample(prompt="Why?", answer="Because of gravity", completion="<answer>It is heavy</answer>")
    with Server(reply) as server:
        (soft,) = Judge(server.url, "soft", canaries=0).verify([row])
        assert abs(soft.score - 0.9) < 1e-3
        (rubric,) = Judge(server.url, Criteria(["names gravity", "is short"]), canaries=0).verify([row])
        assert rubric.score == 0.5
        assert "c2" in json.dumps(server.chats[-1].body)
