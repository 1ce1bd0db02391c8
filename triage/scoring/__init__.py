"""Texts in, scores out: the bundled scorer, Detoxify's models, and the table of both."""
