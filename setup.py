"""Metadata lives in pyproject.toml; this file exists for native builds."""

from setuptools import setup

setup()
