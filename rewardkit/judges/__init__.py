"""Judges: verifiers that ask a model."""
