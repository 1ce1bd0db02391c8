"""What a threshold finds and misses, and how far its reviewers agree.

Audit samples, bounds, curves, goals, calibration, drift, agreement. Arrays in, numbers out: no
database, no screen, no scorer. The statistics are explained, with the coverage that was measured,
in docs/thresholds.md.
"""
