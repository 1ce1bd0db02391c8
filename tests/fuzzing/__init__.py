"""Coverage-guided fuzzing of whatever reads what comes from outside (`python -m tests.fuzzing`)."""
