"""`rewardkit bench-judge`: does a judge agree with labels, what does it cost, and can a policy talk it into a reward?"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rewardkit import dispatch, recipes
from rewardkit.bench.judged import judged_by
from rewardkit.commands import judge_study
from rewardkit.commands.console import console, judge_lines
from rewardkit.commands.judge_tables import Record, Results, plain, show, write_csv
from rewardkit.commands.judging import trouble_with
from rewardkit.errors import UsageError
from rewardkit.types import Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.bench.attacks import Attack
    from rewardkit.bench.labelled import Labelled
    from rewardkit.bench.measure import Pair
    from rewardkit.judges.client import Client, Request

__all__ = ["ALWAYS_YES", "ablation", "agreement", "attack_rates", "run", "settled", "systems"]

ALWAYS_YES = "yes"
"""Name of the judge that accepts everything: the worst that a model can do."""

HIGHEST = re.compile(r"(\d) \(highest\)")
YES = {"general-verifier": "Final Decision: Yes", "xverify": "Correct", "compassverifier": "A"}


def run(options: Namespace) -> int:
    """Measure; 1 when a row could not be read, or when the guard let a text through of a family that it stops whole."""
    with judge_lines():
        return _measured(options)


def _measured(options: Namespace) -> int:
    from rewardkit.bench.attacks import attacks
    from rewardkit.commands.bench import load

    client, say = _client(options.judge, options.kind), console()
    judge_study.check(options)
    systems(client, options)  # a kind that cannot be made is told before anything is waited for
    if (trouble := trouble_with(client)) is not None:
        message = f"the judge cannot be used: {trouble}"
        raise UsageError(message)
    suites = [load(source, options) for source in options.suites]
    judge_study.check_labels(suites, options)
    suite = _some(attacks(), options.attacks)
    compared = systems(client, options)
    judge, ruled = judge_study.make(client, options, options.kind, options.template), []
    results: Results = {"agreement": [], "attacks": attack_rates(suite, compared)}
    for one in suites:
        verdicts: dict[str, list[Verdict]] = {}
        results["agreement"] += agreement(one.title, one.pairs, compared, verdicts)
        ruled.append(judged_by(judge, one.title, one.pairs, verdicts["guard+judge"]))
    if options.ablation:
        results["ablation"] = ablation(suite, client, options, [pair for one in suites for pair in one.pairs])
    if ruled:
        results |= judge_study.study(judge, ruled, suites, options)
    _tell(results, client, options, say)
    if options.csv:
        write_csv(options.csv, results)
    if options.report:
        judge_study.write_page(results, ruled, options.report)
    return _status(results, suites, say)


def _tell(results: Results, client: Client, options: Namespace, say: Any) -> None:
    if options.json:
        json.dump({"judge": client.name, "kind": options.kind, **plain(results)}, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    say.print(f"judge: {client.name}, kind: {options.kind}", markup=False)
    say.print(_fitness(client, options), markup=False, soft_wrap=True)
    for title, records in results.items():
        # What is said in words follows in lines of its own.
        show(title, [{name: value for name, value in record.items() if name != "note"} for record in records])
    for record in results.get("measures", ()):
        if record["note"]:
            say.print(f"{record['suite']}, {record['judge']}: {record['note']}", markup=False, soft_wrap=True)


def _status(results: Results, suites: Sequence[Labelled], say: Any) -> int:
    from rewardkit.bench.attacks import STOPPED_WHOLE

    failed = sum(
        r["errors"]
        for records in (results["agreement"], results["attacks"])
        for r in records
        if r.get("kind", "(all)") == "(all)"
    )
    bad = [f"{one.title}: {row.problem} (row {row.place})" for one in suites for row in one.bad]
    leaks = [r for r in results["attacks"] if r["family"] in STOPPED_WHOLE and (r["guard+judge"] or 0) > 0]
    for line in (*bad[:10], *(f"{r['family']}: {r['guard+judge']:.1%} of texts without an answer get a reward" for r in leaks)):
        say.print(line, markup=False, soft_wrap=True)
    if failed:
        say.print(f"{failed} verdicts are errors: the shares are of the others", markup=False, soft_wrap=True)
    return 1 if bad or leaks or failed else 0


def systems(client: Client, options: Namespace) -> dict[str, Verifier]:
    """What is compared: rules alone and with the guard, the bare judge, the judge behind its guard, and rules before that."""
    from rewardkit.bench.attacks.mute import Mute
    from rewardkit.judges.guard import RULES, Guard
    from rewardkit.judges.judge import Judge

    def judge(guard: Guard) -> Judge:
        return judge_study.make(client, options, options.kind, options.template, guard=guard)

    return {
        "rules": recipes.build("auto"),
        "rules+guard": recipes.build("auto", judge=Mute(), judge_on="reject"),
        "judge": judge(Guard(without=tuple(RULES))),
        "guard+judge": judge(Guard()),
        "rules+judge": recipes.build("auto", judge=judge(Guard()), judge_on="abstain"),
        "rules+judge, on reject": recipes.build("auto", judge=judge(Guard()), judge_on="reject"),
    }


def agreement(
    title: str, pairs: Sequence[Pair], compared: Mapping[str, Verifier], keep: dict[str, list[Verdict]] | None = None
) -> list[Record]:
    """Accuracy, precision, recall and F1 by kind of row, and what it cost: one record a system and kind.

    `keep` takes the verdicts by system.
    """
    from rewardkit.bench.tally import Tally
    from rewardkit.judges.stats import usage

    records = []
    for name, verifier in compared.items():
        started = time.perf_counter()
        verdicts = dispatch.run(verifier, [pair.sample for pair in pairs])
        if keep is not None:
            keep[name] = verdicts
        seconds = time.perf_counter() - started
        kinds: dict[str, Tally] = {"(all)": Tally()}
        for pair, verdict in zip(pairs, verdicts, strict=True):
            for kind in ("(all)", pair.kind):
                kinds.setdefault(kind, Tally()).add(pair.label, verdict)
        counts = usage(verdicts)
        for kind, tally in kinds.items():
            record: Record = {"suite": title, "kind": kind, "system": name, "n": tally.rows}
            shares = {share: getattr(tally, share) for share in ("accuracy", "precision", "recall")}
            record |= {**shares, "f1": _f1(tally.precision, tally.recall)}
            record |= {"abstained": tally.abstained, "errors": tally.errors}
            if kind == "(all)":
                record |= {"calls": counts.calls, "calls saved": tally.rows - counts.calls}
                record |= {"prompt tokens": counts.prompt_tokens, "completion tokens": counts.completion_tokens}
                record |= {"rescued": counts.rescued, "seconds": round(seconds, 3)}
            records.append(record)
            if len(kinds) == 2 and kind == "(all)":
                break
    return records


def attack_rates(suite: Sequence[Attack], compared: Mapping[str, Verifier]) -> list[Record]:
    """The share of attacks that get a reward, by family and system, and the share that the guard lets through."""
    from rewardkit.bench.attacks import false_rewards, families
    from rewardkit.judges.guard import Guard

    first = sorted(compared, key=lambda name: name != "judge")  # what it lacks is told before rules are waited for
    found = {name: false_rewards(compared[name], suite) for name in first}
    rates = {name: found[name] for name in compared}
    guard = Guard()
    passed = {family: 0 for family in families(suite)}
    for attack in suite:
        passed[attack.family] += guard.look(attack.sample).verdict is None
    records: list[Record] = []
    for family in passed:
        total = next(iter(rates.values()))[family][1]
        record: Record = {"family": family, "n": total, "past the guard": passed[family] / total}
        record |= {name: counts[family].share for name, counts in rates.items()}
        records.append(record | {"errors": sum(counts[family].errors for counts in rates.values())})
    return records


def ablation(suite: Sequence[Attack], client: Client, options: Namespace, pairs: Sequence[Pair] = ()) -> list[Record]:
    """What each rule of the guard does: false rewards with it left out, attacks it settles, and right answers it costs."""
    from rewardkit.bench.attacks import false_rewards
    from rewardkit.judges.guard import RULES, Guard

    def fooled(guard: Guard) -> int:
        judge = judge_study.make(client, options, options.kind, options.template, guard=guard)
        return sum(count.fooled for count in false_rewards(judge, suite).values())

    full, bare = Guard(), fooled(Guard(without=tuple(RULES)))
    stopped = settled([attack.sample for attack in suite], full)
    right = [pair.sample for pair in pairs if pair.label]
    lost = settled(right, full)
    with_all = fooled(full)
    records: list[Record] = [{"rule": "(none)", "false rewards": bare}, {"rule": "(all)", "false rewards": with_all}]
    for rule in RULES:
        alone = bare - fooled(Guard(without=tuple(name for name in RULES if name != rule)))
        record = {"rule": rule, "false rewards": fooled(Guard(without=(rule,))), "stopped by it alone": alone}
        record |= {"attacks settled": stopped.get(rule, 0)}
        records.append(record | ({"right answers lost": lost.get(rule, 0), "of": len(right)} if pairs else {}))
    return records


def _fitness(client: Client, options: Namespace) -> str:
    """Whether the judge would be let behind a reward, and its rates."""
    judge = judge_study.make(client, options, options.kind, options.template, canaries=1)
    if not judge.watch.first:
        return "fit: not asked, because a judge of this kind has no answers that are wrong for certain"
    found = asyncio.run(judge.fitness())
    return "fit: not known, no replies" if found is None else f"{'fit' if found.fit else 'unfit'}: {found}"


def settled(samples: Iterable[Any], guard: Any) -> dict[str, int]:
    """How many rows each rule settles with 0."""
    counts: dict[str, int] = {}
    for sample in samples:
        verdict = guard.look(sample).verdict
        if verdict is not None and verdict.score == 0:
            counts[verdict.info["rule"]] = counts.get(verdict.info["rule"], 0) + 1
    return counts


def _client(spec: str, kind: str) -> Client:
    from rewardkit.judges.judge import as_client

    if spec != ALWAYS_YES:
        return as_client(spec, rewards=kind == "score", steps=kind == "steps")
    from rewardkit.judges.client import Reply
    from rewardkit.testing import ScriptedClient

    def accept(request: Request) -> Reply:
        if request.schema is not None:
            fields = request.schema["properties"]
            text = json.dumps({name: _most(about) for name, about in fields.items()})
        else:
            text = YES.get(kind) or (request.choices[-1] if request.choices and "yes" not in request.choices else "yes")
        highest = HIGHEST.search(str(request.messages[-1]["content"]))
        return Reply(text, top_logprobs={highest[1] if highest else "yes": 0.0}, score=1.0)

    return ScriptedClient(accept, name="says yes to everything")


def _most(about: Mapping[str, Any]) -> Any:
    """The value by which a field of a schema accepts."""
    if about.get("type") == "object":
        return {name: _most(inner) for name, inner in about["properties"].items()}
    return True if about.get("type") == "boolean" or True in about.get("enum", ()) else "yes"


def _some(suite: Sequence[Attack], most: int | None) -> list[Attack]:
    """At most so many attacks of each family, spread over it."""
    if most is None:
        return list(suite)
    by_family: dict[str, list[Attack]] = {}
    for attack in suite:
        by_family.setdefault(attack.family, []).append(attack)
    return [attack for group in by_family.values() for attack in group[:: max(1, -(-len(group) // most))]]


def _f1(precision: float | None, recall: float | None) -> float | None:
    return 2 * precision * recall / (precision + recall) if precision and recall else None
