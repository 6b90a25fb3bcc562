"""The tricks of the papers, each as two arms that differ in nothing else, or in as little as the papers allow."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["TRICKS", "Trick"]


class Trick(NamedTuple):
    """A trick is what the arm `of` has and the arm `without` has not; `form` is the column of the form that it asks for."""

    name: str
    of: str
    without: str
    form: str = "sampled_form"


TRICKS = (
    Trick("an online filter of groups (MM-Eureka)", "mm_eureka", "mm_eureka, no filter"),
    Trick("a bonus to the shortest right completion (Observe-R1)", "observe_r1", "observe_r1, no bonus", "sampled_observed"),
    Trick("a weight by difficulty (Observe-R1)", "observe_r1", "observe_r1, no weight", "sampled_observed"),
    Trick("halving what is not explained (OpenVLThinker)", "openvlthinker", "accuracy alone, β 0.01", "sampled_explained"),
    Trick("a β that moves (OThink-MR1)", "othink_mr1", "othink_mr1, β 0.07"),
    Trick("a β of 0.1 (SEED-Bench-R1)", "seed_bench_r1", "accuracy alone"),
    Trick("PAD as in the code (ReVisual-R1)", "revisual_r1", "revisual_r1, no PAD"),
    Trick("PAD as in the paper (ReVisual-R1)", "revisual_r1, PAD of the paper", "revisual_r1, no PAD"),
    Trick("terms on words (ReVisual-R1)", "revisual_r1, no PAD", "revisual_r1, no PAD, no words"),
    Trick("a length to keep to (ReVisual-R1)", "revisual_r1, no PAD, length", "revisual_r1, no PAD"),
    Trick("form and answer at once, not a sum (Vision-R1, WeThink)", "vision_r1", "wethink"),
    Trick("paying form beside the answer (WeThink)", "wethink", "accuracy alone, β 0.01"),
    Trick("−0.5 without an answer, less for its length (General-Reasoner)", "general_reasoner", "accuracy alone"),
)
