"""The evidence that was frozen beside a version of the policy, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CHOSEN", "kept_words"]

CHOSEN = (
    "It was chosen on these very labels: that flatters its precision, not its bound on recall. "
    "Labels that come later confirm it."
)


def kept_words(kept: Mapping[str, object] | None) -> list[str]:
    """Return what was known when a version was saved, a sentence or two an item."""
    if not kept:
        return ["No evidence was kept with it."]
    if "rolled_back_to" in kept:
        return [f"A way back to {kept['rolled_back_to']}."]
    if "learned" in kept:
        if kept["learned"] is None:
            return ["It came with the way back from what a scorer had learned."]
        return [f"It came with {kept['learned']}, so that as many comments are flagged as before."]
    said = [f"Known when it was saved: {kept.get('known', 'nothing')}"]
    if kept.get("chosen_on_these_labels"):
        said.append(CHOSEN)
    scorers = kept.get("scorers")
    if isinstance(scorers, Mapping) and scorers:
        said.append(f"Scored by {', '.join(dict.fromkeys(map(str, scorers.values())))}.")
    return said
