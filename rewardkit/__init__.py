"""Rewards for RL post-training that can be trusted: every verdict says why, and nothing is made up."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
