"""The launch of the full run as far as it can be checked without its GPUs: settings, batch sizes, memory, command lines."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif(find_spec("trl") is None or find_spec("PIL") is None, reason="needs trl and pillow"),
    # These packages deprecate one another's names.
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "examples/wethink/configs"
LAUNCH = ROOT / "examples/wethink/launch"


@pytest.fixture
def world(tmp_path: Path) -> Path:
    from examples.wethink.tiny.world import Slips, make_rows, write_rows

    write_rows(tmp_path / "rows.jsonl", make_rows(12, 1, held_out=False, slips=Slips(), images=tmp_path / "images"))
    return tmp_path


@pytest.mark.parametrize("machines", ["1x8", "multinode"])
def test_the_launch_is_checked(machines: str, capsys: pytest.CaptureFixture[str], world: Path) -> None:
    from examples.wethink.check import main

    rows = [part for name in ("train", "rl") for part in ("--set", f"{name}={world / 'rows.jsonl'}")]
    pair = ["--config", str(CONFIGS / f"7b-{machines}.yaml"), "--accelerate", str(CONFIGS / f"fsdp-{machines}.yaml")]
    main([*pair, *rows, "--set", f"images={world}"])
    said = capsys.readouterr().out
    for line in ("completions an update: 640", "prompts a rollout: 512", "updates a rollout: 4", "the first 8 rows load"):
        assert line in said
    assert float(said.split("most: ")[1].split(" GB")[0]) < 70
    with pytest.raises(ValueError, match="divisible by num_generations"):
        main([*pair, "--set", "grpo.num_generations=7"])
    with pytest.raises(ValueError, match="no settings"):
        main([*pair, "--set", "grop.max_steps=7"])


def called(script: str, *arguments: str, tmp_path: Path, **environment: str) -> list[str]:
    """What a script would have started: its command line as a stand-in for `accelerate` and `vllm` on the path receives it."""
    for name in ("accelerate", "vllm"):
        stand_in = tmp_path / name
        stand_in.write_text(f"#!/bin/sh\nprintf '%s\\n' {name} \"$@\"\n", encoding="utf-8")
        stand_in.chmod(0o755)
    paths = {**os.environ, **environment, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([LAUNCH / script, *arguments], cwd=ROOT, env=paths, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("script", "environment", "machines", "processes"),
    [
        ("train.sh", {}, "1x8", 4),
        ("train-multinode.sh", {"RANK": "1", "MASTER": "10.0.0.1", "ROLLOUT": "10.0.0.3", "JUDGE": "10.0.0.4"}, "multinode", 16),
    ],
)
@pytest.mark.parametrize("stage", ["sft", "grpo"])
def test_the_launch_scripts_say_what_accelerate_and_the_stage_understand(
    script: str, environment: dict[str, str], machines: str, processes: int, stage: str, tmp_path: Path
) -> None:
    from accelerate.commands.launch import launch_command_parser

    from examples.wethink.settings import arguments

    program, command, *rest = called(script, stage, "--set", "out=elsewhere", tmp_path=tmp_path, **environment)
    assert (program, command) == ("accelerate", "launch")
    parsed = launch_command_parser().parse_args(rest)
    assert Path(parsed.config_file).name == f"fsdp-{machines}.yaml"
    assert parsed.module
    assert parsed.training_script == f"examples.wethink.{stage}"
    settings, options = arguments(None, parsed.training_script_args)
    assert options.resume
    assert settings.out == "elsewhere"
    if environment:
        assert (parsed.machine_rank, parsed.main_process_ip) == (1, "10.0.0.1")
        assert settings.reward["judge"] == "http://10.0.0.4:8001/v1"
        assert settings.grpo["vllm_server_base_url"] == "http://10.0.0.3:8000"
    assert f"num_processes: {processes}\n" in (CONFIGS / f"fsdp-{machines}.yaml").read_text(encoding="utf-8")


def test_the_servers_are_told_what_the_trainer_relies_on(tmp_path: Path) -> None:
    from examples.wethink.settings import read

    given = called("servers.sh", "rollout", "4,5", tmp_path=tmp_path)
    flags = dict(itertools.pairwise(given))
    settings = read(CONFIGS / "7b-1x8.yaml")
    assert flags["serve"] == settings.model
    assert flags["--tensor-parallel-size"] == "2"
    assert flags["--port"] == settings.grpo["vllm_server_base_url"].rpartition(":")[2]
    assert json.loads(flags["--mm-processor-kwargs"])["max_pixels"] == settings.max_pixels
    assert json.loads(flags["--weight-transfer-config"]) == {"backend": "nccl"}
    assert int(flags["--max-model-len"]) >= 2048 + settings.grpo["max_completion_length"]
    judge = called("servers.sh", "judge", "6,7", "another/model", tmp_path=tmp_path)
    assert judge[:3] == ["vllm", "serve", "another/model"]
    assert f":{judge[judge.index('--port') + 1]}/" in settings.reward["judge"]
    with pytest.raises(subprocess.CalledProcessError):
        called("servers.sh", "neither", "0", tmp_path=tmp_path)


def test_the_scripts_are_shell() -> None:
    scripts = sorted(LAUNCH.iterdir())
    assert len(scripts) == 4
    for script in scripts:
        subprocess.run(["bash", "-n", script], check=True)
        assert os.access(script, os.X_OK), script
