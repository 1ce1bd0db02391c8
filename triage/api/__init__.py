"""HTTP: an endpoint that Perspective's clients can be pointed at, scores in lists, health, metrics.

Starlette's routes over the verbs of the Workbench. See docs/api.md.
"""
