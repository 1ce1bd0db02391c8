"""Perspective's AnalyzeComment API over our own scorers: the format, not the models."""
