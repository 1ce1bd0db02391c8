"""Outgoing HTTP: one POST at a time, bounded in time and size, to an address that was looked at."""
