"""Rows of WeThink's form: reading, curation, and checking by hand."""
