"""Rows from wherever people keep them: files, folders, data sets of the hub, and the published suites by name."""
