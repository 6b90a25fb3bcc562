"""What the tests of trainers share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import small

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))  # its servers answer as judges here as well
os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's client is imported


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model and its tokenizer."""
    return small.letters_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def bytes_tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tokenizer of single bytes."""
    return small.byte_tokenizer(tmp_path_factory.mktemp("tokenizer"))
