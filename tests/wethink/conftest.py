"""The examples of WeThink import one another by their own names."""

from __future__ import annotations

import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "wethink"
sys.path.insert(0, str(EXAMPLE))
