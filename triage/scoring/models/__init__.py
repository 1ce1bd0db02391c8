"""Detoxify's models on this machine: fetched, checked, converted once, and built without pickle."""
