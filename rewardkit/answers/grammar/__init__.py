"""Tokens to a tree: one cursor, and the rules that read through it."""
