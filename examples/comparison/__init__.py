"""The published rewards side by side: one warm start, the same budget, three seeds."""
