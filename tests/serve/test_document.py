"""The OpenAPI document is true: schemathesis makes requests from it, right and wrong ones, and checks every answer against it."""

from __future__ import annotations
