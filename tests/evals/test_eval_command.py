"""`rewardkit eval` and the WeThink table, run on files."""

from __future__ import annotations

import csv
import http.server
import json
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from cli_program import call_here
from patience import HANG_S
from test_groups import GROUPS

from rewardkit.evals import benchmark
from rewardkit.evals.chart import draw
from rewardkit.evals.compare import Figure, published, records
from rewardkit.evals.run import evaluate

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("predictions")
    for group in GROUPS:
        if group["id"] in ("four-way, of 7", "VD and VS merge", "acc and acc+", "circular", "worst case"):
            (made / f"Toy-7B_{group['benchmark']}.json").write_text(json.dumps(group["rows"]), encoding="utf-8")
    return made


def run(*arguments, cwd=None):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, timeout=HANG_S)


def evals(*arguments):
    return call_here("eval", *arguments)


def test_the_table_has_a_line_a_file_and_mode(folder):
    done = evals(*sorted(folder.glob("*.json")))
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()[1:]]
    assert len(lines) == 5 * 3
    assert ["WeMath", "Toy-7B", "fixed", "score", "(strict)", "35.7", "23", "0", "0", "48.0", "36.2"] in lines
    assert [
        "HallusionBench",
        "Toy-7B",
        "official",
        "mean",
        "of",
        "aAcc,",
        "fAcc,",
        "qAcc",
        "0.0",
        "to",
        "100.0",
        "9",
        "9",
        "0",
        "55.3",
        "51.9",
    ] in lines
    assert "pass --judge" in done.stderr
    assert "published set has 1,740" in done.stderr


def test_json_csv_verdicts_and_charts_are_written(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for ending in ("svg", "html"):
        done = evals(
            folder / "Toy-7B_MME.json",
            "--json",
            "--csv",
            "o.csv",
            "--verdicts",
            "v.jsonl",
            "--chart",
            f"c.{ending}",
        )
        assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert [result["mode"] for result in results] == ["official", "vlmevalkit", "fixed"]
    assert results[0]["figures"]["score"] == {"low": 325.0, "high": 325.0, "value": 325.0}
    rows = list(csv.DictReader((tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["figure"] for row in rows} >= {"score", "acc color", "acc+ color"}
    verdicts = [json.loads(line) for line in (tmp_path / "v.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(verdicts) == 3 * 8
    assert "325.0" in (tmp_path / "c.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["predictions.json"], "--benchmark"),
        (["Toy_MME.json", "--benchmark", "MMVett"], "did you mean"),
        (["Toy_MME.json"], "cannot read"),
    ],
)
def test_a_call_that_cannot_be_carried_out_says_why(arguments, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = evals(*arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


class Yes(http.server.BaseHTTPRequestHandler):
    """A server whose model says correct to everything."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "correct"}}
        self._send({"id": "1", "object": "chat.completion", "model": "m", "choices": [choice]})

    def do_GET(self):
        self._send({"object": "list", "data": [{"id": "m", "object": "model"}]})

    def _send(self, body):
        self.server.calls.append(self.command)
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Yes)
    served.calls = []
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield served
    served.shutdown()
    thread.join()
    served.server_close()


def test_a_served_judge_decides_and_its_replies_are_kept(folder, tmp_path, server):
    address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    asked = []
    for _ in range(2):
        done = evals(
            folder / "Toy-7B_HallusionBench.json",
            "--mode",
            "official",
            "--judge",
            address,
            "--judge-cache",
            tmp_path / "j",
            "--json",
        )
        assert done.returncode == 0, done.stderr
        (result,) = json.loads(done.stdout)["results"]
        assert result["undecided"] == {}
        assert result["figures"]["aAcc"]["value"] == 100.0
        asked.append(server.calls.count("POST"))
    assert asked[0] > 0
    assert asked[1] == asked[0], "the second run asks nothing"


def test_a_judge_that_is_not_there_and_a_place_that_cannot_be_written_are_told_before_the_work(folder):
    file = folder / "Toy-7B_HallusionBench.json"
    for more, told in (
        (["--judge", "http://127.0.0.1:9/v1"], "the judge cannot be used"),
        (["--chart", "a.gif"], ".svg, .png, .html"),
        (["--csv", "no/such/folder.csv"], "cannot write"),
    ):
        done = evals(file, *more)
        assert (done.returncode, done.stdout) == (2, ""), more
        assert told in done.stderr


def test_the_wethink_table_prints_both_averages_of_the_leaderboards(folder, tmp_path):
    done = run(ROOT / "examples/wethink/evaluate.py", folder, "--chart", "w.svg", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = {line[:18].strip(): line[18:].split() for line in done.stdout.splitlines()}
    assert lines["mean, mathematics"] == ["–", "44.3", "40.1"], "the leaderboard's own averages, from its single numbers"
    assert lines["mean, general"] == ["–", "72.5", "70.9"]
    assert lines["WeMath"] == ["99.1", "48.0", "36.2", "0", "of", "23"]
    assert lines["MathVista"] == ["–", "71.6", "68.1", "no", "file"]
    assert (tmp_path / "w.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_chart_is_well_formed_and_its_bars_are_as_long_as_they_should_be():
    group = next(group for group in GROUPS if group["id"] == "circular with a row undecided")
    ours = records([("<b>&mine", evaluate(benchmark("MMBench"), group["rows"], "vlmevalkit"))])
    drawn = ElementTree.fromstring(draw([*ours, *published()], "A & B"))
    space = "{http://www.w3.org/2000/svg}"
    bars = {
        g.find(f"{space}title").text: [float(r.get("width")) for r in g.iter(f"{space}rect")] for g in drawn.iter(f"{space}g")
    }
    low, pale = bars["<b>&mine, vlmevalkit: 50.0 to 100.0"]
    assert low == pytest.approx(pale, abs=0.2), "solid to 50, pale from 50 to 100"
    assert bars["WeThink, published: 890.0"][0] == pytest.approx(2 * low * 0.89, abs=0.2), "OCRBench is drawn of its 1000 points"
    assert len(bars) == 1 + 26


def test_png_is_drawn_from_the_same_svg(tmp_path):
    pytest.importorskip("resvg_py")
    from rewardkit.evals.chart import write_chart

    write_chart(str(tmp_path / "c.png"), [Figure("MME", "m", "fixed", 1400.0, 1400.0)])
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
