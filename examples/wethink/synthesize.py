"""Images in, rows of WeThink's form out; resumable, bounded, and with a report of what was dropped and why.

    python -m examples.wethink.synthesize --images photos/ --out made/ --rows 1000 \
        --vision http://127.0.0.1:8001/v1 --reasoner http://127.0.0.1:8002/v1 --third http://127.0.0.1:8003/v1

Each model is a server's URL, several of them joined by commas, or `vllm:MODEL` for an engine in this process. After Ctrl-C, a
kill or a spent budget the same command goes on; nothing that was answered is paid again. `made/` then holds `rows.jsonl` (for
training), `report.json`, and `journal.sqlite` (every answered call). `examples.wethink.data.audit` makes a sheet for checking.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from examples.wethink.synthesis import report
from examples.wethink.synthesis.abilities import Constraints
from examples.wethink.synthesis.asking import Asker, Failed, Role
from examples.wethink.synthesis.coverage import GIVE_UP_AFTER
from examples.wethink.synthesis.journal import Journal
from examples.wethink.synthesis.run import Run
from examples.wethink.synthesis.stages import Line
from rewardkit.errors import RewardKitError
from rewardkit.judges.clients import client_of

IMAGES = {".png", ".jpg", ".jpeg", ".webp", ".gif"}


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        return _run(options)
    except (RewardKitError, Failed, OSError) as cause:
        print(f"synthesize: {cause}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("synthesize: stopped; the same command goes on", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    images = sorted(path for path in options.images.rglob("*") if path.suffix.lower() in IMAGES)
    if not images:
        print(f"synthesize: no images ({', '.join(sorted(IMAGES))}) under {options.images}", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    constraints = Constraints.load(options.constraints) if options.constraints else Constraints.load()
    asker = Asker(Journal(options.out / "journal.sqlite"), options.max_calls, options.max_tokens, options.seed)
    roles = {
        name: Role(name, client_of(getattr(options, name), model=getattr(options, f"{name}_model"), concurrency=options.at_once))
        if getattr(options, name).startswith("http")
        else Role(name, client_of(getattr(options, name)))
        for name in ("vision", "reasoner", "third")
    }
    line = Line(asker, **roles, constraints=constraints, root=options.images, turns=options.turns, blind=not options.no_blind)
    steering = (options.give_up_after, options.drafts, options.rows_an_image)
    run = Run(line, images, options.rows, options.batch, options.at_once, options.seed, *steering, told=_told)
    asyncio.run(_to(run, roles, options.out / "rows.jsonl"))
    (options.out / "report.json").write_text(report.dump(run), encoding="utf-8")
    print(report.as_text(run))
    return 0 if run.stopped == "done" else 1


async def _to(run: Run, roles: dict[str, Role], path: Path) -> None:
    for role in roles.values():  # a server's model belongs into the keys of its calls
        ready = getattr(role.client, "ready", None)
        if ready is not None:
            await ready()
    await run.to(path)


def _told(run: Run) -> None:
    paid, replayed = sum(run.line.asker.paid.values()), sum(run.line.asker.replayed.values())
    tried = sum(run.coverage.tried.values())
    print(f"{run.tally.kept}/{run.wanted} rows, {tried} tries, {paid} calls paid now, {replayed} replayed", file=sys.stderr)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, required=True, help="a folder of images, searched all the way down")
    parser.add_argument("--out", type=Path, required=True, help="a folder for rows, report and journal")
    parser.add_argument("--rows", type=int, default=100, help="rows wanted (default 100)")
    for name, part in (
        ("vision", "sees and describes"),
        ("reasoner", "asks and reasons, sees nothing"),
        ("third", "adjudicates"),
    ):
        parser.add_argument(f"--{name}", required=True, metavar="WHERE", help=f"the model that {part}: URL[,URL] or vllm:MODEL")
        parser.add_argument(f"--{name}-model", metavar="NAME", help="its name, where a server serves several")
    parser.add_argument("--turns", type=int, default=2, help="how often the reasoner may ask about an image (default 2)")
    parser.add_argument("--no-blind", action="store_true", help="keep questions that are answered right without the image")
    parser.add_argument(
        "--batch", type=int, default=32, help="units planned together; coverage steers the next batch (default 32)"
    )
    parser.add_argument("--at-once", type=int, default=8, help="units under way at the same time (default 8)")
    parser.add_argument("--drafts", type=int, default=1, help="attempts at an image and cell when drafts fail (default 1)")
    parser.add_argument("--rows-an-image", type=int, metavar="N", help="most rows of one image (default: no bound)")
    parser.add_argument(
        "--give-up-after",
        type=int,
        default=GIVE_UP_AFTER,
        metavar="N",
        help=f"attempts after which a cell that kept nothing is given up (default {GIVE_UP_AFTER})",
    )
    parser.add_argument("--max-calls", type=int, help="most calls in all, earlier runs included")
    parser.add_argument("--max-tokens", type=int, help="most tokens in all, earlier runs included")
    parser.add_argument("--constraints", type=Path, help="another file than synthesis/abilities.json")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    for name in ("rows", "batch", "at_once", "drafts", "rows_an_image", "give_up_after"):
        if getattr(options, name) is not None and getattr(options, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be at least 1")
    return options


if __name__ == "__main__":
    sys.exit(main())
