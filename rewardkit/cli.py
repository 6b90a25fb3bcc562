"""The `rewardkit` program: parses the command line and hands it to one file of `rewardkit.commands`."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from rewardkit import __version__
from rewardkit.errors import RewardKitError

__all__ = ["main"]

READ = "JSONL, JSON, CSV, TSV or Parquet files, also .gz or .zst, patterns, folders, saved data sets, - or hub:OWNER/NAME"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 1 something was lost, 2 the call cannot be carried out, 130 interrupted."""
    parser = _parser()
    if not (sys.argv[1:] if arguments is None else arguments):
        parser.print_help()
        return 0
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # What a terminal cannot show must not end the program.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        command = importlib.import_module(f"rewardkit.commands.{options.module}")
        status: int = command.run(options)
    except RewardKitError as cause:
        print(f"rewardkit: {cause}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("rewardkit: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has left; Python flushes what is buffered once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rewardkit", description="Rewards for RL post-training that can be trusted.")
    parser.add_argument("--version", action="version", version=f"rewardkit {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _init(commands)
    _score(commands)
    _explain(commands)
    _compare(commands)
    _list(commands)
    _recipes(commands)
    _report(commands)
    _lint(commands)
    _bench(commands)
    _bench_judge(commands)
    _rubric(commands)
    _serve(commands)
    _eval(commands)
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, module: str, about: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=about, description=about)
    command.set_defaults(module=module)
    return command


def _score(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(commands, "score", "score", "Score rows of any file or data set; writes one verdict a line, in input order.")
    command.add_argument(
        "data", metavar="DATA", nargs="+", help=f"{READ}, with completion, answer, …; a list of completions is that many rows"
    )
    command.add_argument("-o", "--output", metavar="OUT.jsonl", required=True, help="where the verdicts go; - is standard output")
    _reward_options(command)
    command.add_argument("--columns", metavar="NAME=YOURS,…", help="your column names, such as answer=reward_model.ground_truth")
    command.add_argument(
        "--workers",
        type=_positive,
        metavar="N",
        help="score in N worker processes, for slow rows and idle cores (default: here, but for what may hang or explode)",
    )
    command.add_argument("--engine", choices=["local", "ray"], default="local", help="where rows are scored (default: here)")
    command.add_argument(
        "--actor", metavar="NAME=N,…", help="what each of the --workers actors of Ray reserves, such as num_cpus=1,num_gpus=1"
    )
    command.add_argument("--resume", action="store_true", help="go on after the last complete line of OUT.jsonl")
    command.add_argument("--trace", metavar="TRACE.jsonl", help="also write full records: prompt, completion, route, info")
    command.add_argument("--report", metavar="REPORT.html", help="also write an HTML report")


def _reward_options(command: argparse.ArgumentParser) -> None:
    _decider_options(command)
    _judge_options(command)


def _decider_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--recipe", metavar="NAME", help="which recipe decides (default: auto, by the shape of the reference)")
    command.add_argument("--verifier", metavar="NAME[:param=value,…]", help="which verifier decides, instead of a recipe")
    command.add_argument("--config", metavar="REWARD.toml", help="routes, weights, judge and more; rewardkit init writes one")
    command.add_argument("--set", metavar="NAME=VALUE", type=_pair, action="append", default=[], help="an option of the recipe")
    command.add_argument(
        "--references", metavar="HOW", help="how the data keep their answers: gsm8k, boxed, letter_index, letter_number"
    )


def _judge_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--routes", metavar="VALUE=WAY,…", help="for a recipe that routes by a column: where each of its values goes"
    )
    command.add_argument("--judge", metavar="WHERE", help="judge what rules cannot decide: URL[#MODEL], vllm:MODEL or hf:MODEL")
    command.add_argument(
        "--judge-on",
        choices=["abstain", "reject", "always"],
        help="which rows the judge sees: those rules cannot tell (default), also those they reject, or all",
    )
    command.add_argument("--judge-kind", metavar="NAME", help="kind of judge (default: the recipe's; rewardkit list)")
    command.add_argument("--judge-template", metavar="FILE", help="your own text for that kind")
    command.add_argument("--judge-cache", metavar="FILE", help="keep the judge's replies in this file for later runs")
    command.add_argument(
        "--judge-canaries",
        type=int,
        metavar="N",
        help="answers that cannot be right to ask the judge about with each question (default 1; 0 trusts any judge)",
    )
    command.add_argument(
        "--judge-calibration", metavar="FILE.json", help="what labels taught about its scores (bench-judge --calibrate)"
    )
    command.add_argument(
        "--judge-budget",
        metavar="calls=N,tokens=N,cost=X",
        help="the most that the judge may spend, in a run of score or a request to serve; the rest abstains",
    )
    command.add_argument(
        "--judge-price", metavar="prompt=X,completion=X", help="what a million tokens cost, for cost= and the trace"
    )
    command.add_argument("--judge-concurrency", type=_positive, metavar="N", help="requests under way at once (default 64)")
    command.add_argument(
        "--judge-deadline-s", type=float, metavar="S", help="time for the judge's part of 256 rows (default 600)"
    )
    command.add_argument(
        "--judge-key-variable", metavar="NAME", help="environment variable with the key (default REWARDKIT_JUDGE_API_KEY)"
    )
    command.add_argument("--disagreements", metavar="CASES.jsonl", help="append rows that rules reject and the judge accepts")


def _init(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(
        commands, "init", "init", "Write a reward.toml with every setting in it as a comment, for --config and load()."
    )
    command.add_argument("path", metavar="REWARD.toml", nargs="?", default="reward.toml", help="where to (default: reward.toml)")


def _pair(text: str) -> str:
    if not text.partition("=")[0].strip() or "=" not in text:
        message = f"{text!r} is not NAME=VALUE, such as accuracy_weight=0.9"
        raise argparse.ArgumentTypeError(message)
    return text


def _explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(
        commands, "explain", "explain", "Show how one verdict comes about: route, extraction, both readings, the deciding step."
    )
    command.add_argument("--answer", required=True, action="append", help="the reference; repeat it for several accepted ones")
    command.add_argument("--completion", required=True, help="the model's output; - reads standard input")
    command.add_argument("--prompt", help="the question")
    command.add_argument("--choices", help="the options of a multiple choice question, as a JSON list or object")
    command.add_argument(
        "--column", action="append", default=[], metavar="NAME=VALUE", help="another column of the row, such as reward=rule"
    )
    _decider_options(command)


def _compare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(
        commands, "compare", "compare", "Compare two scorings of the same rows: what changed, and what it does to groups."
    )
    command.add_argument("before", metavar="A.jsonl", help="what rewardkit score wrote, or a reward function's trace")
    command.add_argument("after", metavar="B.jsonl", help="the same rows scored in another way")
    command.add_argument(
        "--group-size", type=_positive, metavar="N", help="rows a group, side by side (default: by prompt or id)"
    )
    command.add_argument("--json", action="store_true", help="the counts as one JSON object")
    command.add_argument("--report", metavar="COMPARE.html", help="also write a page with the changed rows side by side")


def _list(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(commands, "list", "listing", "List verifiers and recipes, with one line each.")
    command.add_argument("name", nargs="?", help="one verifier: shows its documentation and parameters")


def _recipes(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(commands, "recipes", "recipes", "List the published rewards, or show one: paper, code and ours.")
    command.add_argument("action", nargs="?", choices=["list", "show"], default="list", help="list all (default), or show one")
    command.add_argument("name", nargs="?", help="the recipe to show: what its paper says, what its code does, its parameters")
    command.add_argument("--json", action="store_true", help="as one JSON object")


def _report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(commands, "report", "reporting", "Write an HTML report over scored rows.")
    command.add_argument(
        "input", nargs="+", metavar="OUT.jsonl", help="what rewardkit score wrote, or the traces of a training run's ranks"
    )
    command.add_argument(
        "-o", "--output", metavar="REPORT.html", required=True, help="the page; rows beyond 16 MB go to a folder beside it"
    )


def _lint(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(commands, "lint", "lint", "Show how each reference answer is understood, and which cannot be used.")
    command.add_argument("data", metavar="DATA", nargs="+", help=READ)
    command.add_argument("--columns", metavar="NAME=YOURS,…", help="your column names, such as answer=gold,prompt=question")
    command.add_argument("--config", metavar="NAME", help="configuration of a hub data set")
    command.add_argument("--split", metavar="NAME", help="split of a hub or saved data set (default: all)")
    command.add_argument("--show", type=int, default=5, metavar="N", help="examples of each kind (default 5; 0 shows every row)")
    command.add_argument("--json", action="store_true", help="one JSON object a row, then one with the summary")


def _bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(commands, "bench", "bench", "Measure accuracy and speed on labelled suites, beside other verifiers.")
    command.add_argument("suites", metavar="SUITE", nargs="+", help="file or folder of labelled rows, or hub:NAME of a suite")
    command.add_argument("--against", metavar="NAME,…", help="math-verify, mathruler, verl, trl, none (default: those here)")
    command.add_argument("--order", choices=["suites", "pairs"], default="suites", help="suite after suite, or pair by pair")
    command.add_argument("--mode", choices=["auto", "pairs", "completions"], default="auto", help="what completions are")
    command.add_argument("--recipe", default="auto", metavar="NAME", help="our recipe (default: auto)")
    command.add_argument("--columns", metavar="NAME=YOURS,…", help="your column names, such as label=is_correct")
    command.add_argument("--columns-of", metavar="SUITE", help="read the files with the columns of this published suite")
    command.add_argument("--split", metavar="NAME", help="another split than the suite's usual one")
    command.add_argument("--limit", type=_positive, metavar="N", help="only the first N rows of each suite")
    command.add_argument("--limit-s", type=float, default=20.0, metavar="SECONDS", help="wall clock for one pair (default 20)")
    command.add_argument("--keep-cache", action="store_true", help="keep our cache of read references between pairs")
    command.add_argument("--clear-sympy", action="store_true", help="also empty sympy's cache before each pair")
    command.add_argument("--no-kinds", action="store_true", help="only the totals of each suite")
    command.add_argument("--json", action="store_true", help="everything as JSON")
    command.add_argument("--csv", metavar="OUT.csv", help="also write one row a suite, system and kind")
    for name in ("accuracy", "precision", "recall"):
        command.add_argument(f"--min-{name}", type=float, metavar="X", help=f"exit 1 when our {name} on a suite is below this")


def _bench_judge(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "Measure a judge: agreement with labels, cost, and how often attacks on it succeed."
    command = _add(commands, "bench-judge", "bench_judge", about)
    command.add_argument("suites", metavar="SUITE", nargs="*", help="labelled rows, as for bench (default: the attacks alone)")
    command.add_argument("--judge", default="yes", help="URL[#MODEL], vllm:MODEL, hf:MODEL, or yes (accepts all; default)")
    command.add_argument("--kind", default="binary", metavar="NAME", help="kind of judge, or a rubric file (default: binary)")
    command.add_argument("--template", metavar="NAME", help="its template: a name, or a path ending in .txt")
    command.add_argument("--judge-cache", metavar="FILE", help="keep the judge's replies in this file")
    command.add_argument(
        "--beside",
        action="append",
        metavar="'JUDGE kind=NAME template=NAME'",
        help="measure another judge, kind or template on the same rows, in the same table; may be repeated",
    )
    command.add_argument(
        "--calibrate",
        metavar="FILE.json",
        help="learn from 100 labels or more what scores are worth: Judge(calibration=FILE)",
    )
    command.add_argument(
        "--method", choices=["threshold", "platt", "isotonic"], default="threshold", help="how --calibrate takes scores"
    )
    command.add_argument("--curve", action="store_true", help="also show what share of rows of about a score is right")
    command.add_argument("--probes", action="store_true", help="also show what place, length, language or a leak do to it")
    command.add_argument("--rows", metavar="ROWS.jsonl", help="also write every row with its label and its score")
    command.add_argument("--since", metavar="ROWS.jsonl", help="compare with the rows of an earlier run")
    command.add_argument("--report", metavar="PAGE.html", help="also write a page with all of it")
    command.add_argument("--attacks", type=_positive, metavar="N", help="at most N attacks of each family (default: all)")
    command.add_argument("--ablation", action="store_true", help="also show what each rule of the guard does")
    command.add_argument("--columns", metavar="NAME=YOURS,…", help="your column names, such as label=is_correct")
    command.add_argument("--columns-of", metavar="SUITE", help="read the files with the columns of this published suite")
    command.add_argument("--split", metavar="NAME", help="another split than the suite's usual one")
    command.add_argument("--limit", type=_positive, metavar="N", help="only the first N rows of each suite")
    command.add_argument("--json", action="store_true", help="everything as JSON")
    command.add_argument("--csv", metavar="OUT.csv", help="also write one row a number")


def _rubric(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(commands, "rubric", "rubric", "Check rubric files: criteria, weights, requests a row.")
    command.add_argument("action", choices=["check"], help="check the files; exit status 1 when one cannot be used")
    command.add_argument("files", metavar="RUBRIC.toml", nargs="+", help="TOML or JSON, with criteria and settings")


def _serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _add(commands, "serve", "serving", "Serve rewards over HTTP, with limits, a queue and metrics.")
    _reward_options(command)
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine only)")
    command.add_argument("--port", type=_port, default=8000, help="port to listen on (default 8000; 0 takes a free one)")
    command.add_argument("--token-file", metavar="FILE", help="file with the token clients must show (or REWARDKIT_SERVE_TOKEN)")
    command.add_argument("--workers", type=_positive, metavar="N", help="run rules in N worker processes (default: here)")
    command.add_argument(
        "--concurrency", type=_positive, metavar="N", help="requests scored at the same time (default 4, with a judge 64)"
    )
    command.add_argument("--queue", type=_positive, default=64, metavar="N", help="requests that wait; then 429 (default 64)")
    command.add_argument("--max-rows", type=_positive, default=4096, metavar="N", help="rows in a request (default 4096)")
    command.add_argument("--max-body-mb", type=float, default=64.0, metavar="MB", help="size of a request (default 64)")
    command.add_argument("--timeout-s", type=float, default=120.0, metavar="S", help="time of a request, then 504 (default 120)")
    command.add_argument(
        "--unscored",
        type=float,
        metavar="X",
        help="what OpenRLHF gets for a row without a score (default: null, which stops it)",
    )


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        message = f"{text!r} is not a port from 0 to 65535"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _eval(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "Score benchmark predictions: as the authors do, as VLMEvalKit does, and rightly."
    command = _add(commands, "eval", "eval", about)
    command.add_argument(
        "predictions", metavar="PREDICTIONS", nargs="+", help="MODEL_DATASET.xlsx of VLMEvalKit, or samples of lmms-eval"
    )
    command.add_argument("--benchmark", metavar="NAME", help="which benchmark (default: the one the file is named after)")
    command.add_argument("--model", metavar="NAME", help="the model's name in the table (default: from the file's name)")
    command.add_argument(
        "--mode", choices=["official", "vlmevalkit", "fixed", "all"], default="all", help="how to score (default: all three)"
    )
    command.add_argument("--judge", metavar="WHERE", help="who decides what needs a model: a URL, vllm:MODEL or hf:MODEL")
    command.add_argument("--judge-cache", metavar="FILE", help="keep the judge's replies in this file for later runs")
    command.add_argument("--seed", type=int, default=0, metavar="N", help="fixes the draws that originals make (default 0)")
    command.add_argument("--partial", action="store_true", help="score groups that lack rows as they are")
    command.add_argument("--json", action="store_true", help="every figure as JSON")
    command.add_argument("--csv", metavar="OUT.csv", help="also write one row a figure")
    command.add_argument("--verdicts", metavar="OUT.jsonl", help="also write one line a row and mode")
    command.add_argument("--chart", metavar="CHART.svg", help="also draw a chart beside published numbers: .svg, .png or .html")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        message = f"{text!r} is not a whole number from 1"
        raise argparse.ArgumentTypeError(message)
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
