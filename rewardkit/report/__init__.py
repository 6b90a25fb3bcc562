"""One self-contained HTML page about a scored file: totals, tables, and every row with its trace."""

from __future__ import annotations

from rewardkit.report.page import write_report
from rewardkit.report.records import read_records

__all__ = ["read_records", "write_report"]
