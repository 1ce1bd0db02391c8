"""What a threshold finds and misses: audit samples, bounds, curves, goals, calibration, drift.

Arrays in, numbers out: no database, no screen, no scorer. The statistics are explained, with the
coverage that was measured, in docs/thresholds.md.
"""
