"""An HTML page about a scored file: totals, tables, and every row with its trace; very many rows stand beside it."""

from __future__ import annotations

from rewardkit.report.chunks import where_rows_are
from rewardkit.report.page import write_report
from rewardkit.report.records import read_records

__all__ = ["read_records", "where_rows_are", "write_report"]
