"""Decisions go back to where the comments live: one module per way back, and one table of them."""
