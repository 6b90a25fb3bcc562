"""Verifiers side by side on labelled pairs: the same rows, the same process limits, the same clock."""
