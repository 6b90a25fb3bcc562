"""Verifiers side by side on labelled suites: `python -m benchmarks.leaderboard FILE.jsonl …`.

A system is a function in `peers.py`, `verl.py`, `letters.py`, `baselines.py` or `ours.py` and a row of the table in `systems.py`;
a suite is a file whose shape `suites.py` or `published.py` knows. Nothing is downloaded but what is named `hub:NAME`.
"""
