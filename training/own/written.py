"""Comments written one by one, in text files: `== NAME` begins a section, each line is a comment.

Frames with swapped words teach a model the frame; what contempt, irony or a threat looks like in
a hundred voices, they do not. Some sections name a group by slots, as frames do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from training.own.kinds import CALM, Family, targets
from triage.domain.scores import Label

__all__ = ["CHECKS", "FAMILIES", "FOLDER", "sections"]

FOLDER = Path(__file__).with_name("written")
_NAMED = 4
"""Groups that a line with slots is filled with."""

_NEARLY_CALM = targets(0.03, incivility=0.08)
_KINDS: Mapping[str, Mapping[Label, float]] = {
    "condescending": targets(0.35, insult=0.4, incivility=0.9),
    "dismissive": targets(0.3, insult=0.25, incivility=0.85),
    "mocking": targets(0.35, insult=0.4, incivility=0.9),
    "provoking": targets(0.4, insult=0.3, incivility=0.85),
    "hostile": targets(0.65, insult=0.65, incivility=1.0),
    "accusing": targets(0.4, insult=0.45, incivility=0.9),
    "generalising": targets(0.5, insult=0.55, identity_attack=0.1, incivility=0.95),
    "implied hostility": targets(
        0.8, severe=None, insult=0.6, identity_attack=0.95, incivility=1.0
    ),
    "entitled": targets(0.3, insult=0.3, incivility=0.9),
    "vulgar frustration": targets(0.7, obscene=0.9, insult=0.3, incivility=0.9),
    "threatening": targets(0.9, severe=0.25, threat=0.95, insult=0.3, incivility=1.0),
    "wishing harm": targets(0.9, severe=0.2, threat=0.45, insult=0.4, incivility=1.0),
    "insulting": targets(0.85, insult=0.95, incivility=1.0),
    "sworn at": targets(1.0, severe=0.25, obscene=1.0, insult=0.95, incivility=1.0),
    "uncivil": targets(0.55, severe=0.0, obscene=None, insult=0.55, incivility=0.95),
    "swearing about nobody": targets(0.35, obscene=0.85, incivility=0.3),
    "firm": CALM,
    "critical": _NEARLY_CALM,
    "harmless irony": CALM,
    "named kindly": CALM,
    "in defence": targets(0.05, incivility=0.05),
    "technical": CALM,
    "angry about things": _NEARLY_CALM,
    "harmless twins": CALM,
    "chatting": CALM,
    "commenting": CALM,
}
"""What most readers would say of a section's comments."""

CHECKS = frozenset({"check.txt", "check_groups.txt"})
"""Files that nothing is trained on."""


def sections(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (name, lines) of each section of a file. Raises ValueError where a line is in none."""
    name = ""
    found: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("=="):
            if found:
                yield name, tuple(found)
            name, found = line.removeprefix("==").strip(), []
        elif line.strip():
            if not name:
                raise ValueError(f"{path.name} has a line before its first section: {line[:60]}")
            found.append(line.strip())
    if found:
        yield name, tuple(found)


FAMILIES = tuple(
    Family(f"written, {name}", _KINDS[name], frames, _NAMED, literal=1)
    for path in sorted(FOLDER.glob("*.txt"))
    if path.name not in CHECKS
    for name, frames in sections(path)
)
"""A family per section."""
