"""Decisions, their log and comments as rows of a table that the next system reads."""
