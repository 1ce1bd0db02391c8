"""The desk: what a reviewer sees of a comment, and what a reviewer does with it."""
