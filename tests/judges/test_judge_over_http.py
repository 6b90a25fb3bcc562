"""Judges against a real server on this machine, through the real client and the command line."""

from __future__ import annotations

import json
import math

import pytest
from cli_program import call_here
from fake import accept, agree, control, fit_server
from servers import Seen, Server, Writer, closed_port, completion, send

from rewardkit.cli import main
from rewardkit.judges.calibration.stored import Calibration, Method
from rewardkit.judges.client import Request
from rewardkit.judges.clients.served import ServedClient
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


def test_a_budget_holds_for_the_whole_run_and_the_trace_has_cost_and_calibration(tmp_path):
    """Three parts of 256 rows are one step: beyond the third call nothing is asked, and the rest abstains."""

    async def behave(seen: Seen, writer: Writer) -> None:
        likely = [
            {"token": token, "logprob": math.log(share), "top_logprobs": []} for token, share in (("no", 0.7), ("yes", 0.3))
        ]
        await send(writer, completion("no", logprobs={"content": [{**likely[0], "top_logprobs": likely}]}))

    rows = [{**CAPITAL, "id": place, "completion": f"<answer>the city number {place}</answer>"} for place in range(600)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with Server(behave) as server:
        cut = Calibration("judge", Judge("http://h/v1#judge", "soft").kind.version, Method.THRESHOLD, ((0.2, 0.0),), 50)
        cut.write(tmp_path / "soft.json")
        command = ["score", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--trace", tmp_path / "trace.jsonl"]
        command += ["--judge", server.url, "--judge-kind", "soft", "--judge-canaries", "0"]
        command += ["--judge-calibration", tmp_path / "soft.json", "--judge-budget", "calls=3", "--judge-price", "prompt=2"]
        assert main([str(word) for word in command]) == 0
    assert len(server.chats) == 3
    trace = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text().splitlines()]
    assert [row["reason"] for row in trace] == ["match"] * 3 + ["over_budget"] * 597
    assert trace[0]["info"]["cost"] > 0
    assert (trace[0]["info"]["calibration"], trace[0]["info"]["raw"]) == (cut.id, pytest.approx(0.3))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--judge-budget", "calls"], "--judge-budget wants NAME=NUMBER"),
        (["--judge-budget", "call=3"], "did you mean 'calls'"),
        (["--judge-price", "prompt=dear"], "must be a number"),
        (["--judge-calibration", "none.json"], "cannot read the calibration none.json"),
    ],
)
def test_what_is_no_budget_price_or_calibration_is_told_at_once(tmp_path, capsys, options, words):
    (tmp_path / "in.jsonl").write_text(json.dumps(ROWS[0]) + "\n")
    command = ["score", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.jsonl"), "--judge", "http://127.0.0.1:1/v1#m"]
    assert main([*command, *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


def test_on_reject_the_judge_s_yes_is_written_down(tmp_path):
    with Server(judging(accept)) as server:
        log = tmp_path / "cases.jsonl"
        _, rows = score(tmp_path, "--judge", server.url, "--judge-on", "reject", "--disagreements", str(log))
        assert rows["doubted"]["reward"] == 1
        (case,) = read_cases(log)
        assert (case.sample.text, case.score, case.verifier) == ("5", 1.0, "number.equal")


def test_a_server_that_is_not_there_costs_its_rows_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setitem(ServedClient.__init__.__kwdefaults__, "patience_s", 0.2)  # half a minute is as long for every row
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
