"""Guidelines: a site's own rules in Markdown, in immutable versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from triage.domain.checks import check_aware, check_named

__all__ = ["Guidelines"]

_LONGEST = 100_000  # characters
# A heading such as "## R2: No insults" makes R2 a reason for a verdict.
_RULE = re.compile(r"^#{1,6}[ \t]+([A-Z][A-Z0-9]{0,11}):[ \t]+(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Guidelines:
    """One version of the rules. `rules` are the reason codes in it and what they stand for.

    A rule is a heading that begins with a code in capitals and digits, and a colon:
    `## R2: No insults`. Raises ValueError for a code that is there twice, for a blank text, and for
    one of more than 100,000 characters.
    """

    version: int
    text: str
    created_at: datetime
    created_by: str
    why: str = ""

    def __post_init__(self) -> None:
        check_named("the author of guidelines", self.created_by)
        check_aware("the date of guidelines", self.created_at)
        if self.version < 1:
            raise ValueError(f"versions of guidelines count from 1, not {self.version}")
        if not self.text.strip():
            raise ValueError("guidelines must say something")
        if len(self.text) > _LONGEST:
            raise ValueError(
                f"guidelines hold up to {_LONGEST:,} characters, not {len(self.text):,}"
            )
        codes = [code for code, _ in _rules(self.text)]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"a rule's code is there once, not twice: {', '.join(twice)}")

    @property
    def ref(self) -> str:
        """How records name this version: `guidelines@3`."""
        return f"guidelines@{self.version}"

    @property
    def rules(self) -> dict[str, str]:
        """Code -> what the rule says in short, in the order of the text."""
        return dict(_rules(self.text))


def _rules(text: str) -> Iterator[tuple[str, str]]:
    for found in _RULE.finditer(text):
        if said := found[2].strip().rstrip("#").rstrip():
            yield found[1], said
