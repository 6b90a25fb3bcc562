"""What an answer is, and when two are the same.

`notation` makes text clean, `grammar` makes a tree of it, `forms` says what kind of answer the tree is, `numerics` gives
trees values, and `equality` compares two. Nothing a model wrote is ever evaluated as code, and nothing here knows what a
completion is.
"""

from __future__ import annotations

from rewardkit.answers.equality.case import Units
from rewardkit.answers.equality.compare import compare, forget
from rewardkit.answers.equality.comparison import Comparison
from rewardkit.answers.equality.rounding import Rounding
from rewardkit.answers.equality.understand import Understood, kind_of_text, understand

__all__ = ["Comparison", "Rounding", "Understood", "Units", "compare", "forget", "kind_of_text", "understand"]
