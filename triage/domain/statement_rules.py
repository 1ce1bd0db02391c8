"""How a site states its reasons: for each reason of a verdict the ground, the clause, the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from triage.domain.personal import personal_forms
from triage.domain.scores import Label
from triage.domain.statements import FIELDS, Category, Ground, SourceType

__all__ = [
    "DEFAULT",
    "DEFAULT_RULES",
    "Redress",
    "RedressMethod",
    "StatementRule",
    "StatementRules",
]

DEFAULT = "default"
"""The rule for a reason that has none of its own, and for a verdict without a reason."""

_CODE = re.compile(r"[A-Z][A-Z0-9]{0,11}")
_LONGEST_REDRESS = 1_000


class RedressMethod(StrEnum):
    """How an author can object."""

    NONE = "none"
    EMAIL = "email"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Redress:
    """How an author can have a decision looked at again; `address` is the site's own."""

    method: RedressMethod = RedressMethod.NONE
    address: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        if self.method is RedressMethod.EMAIL and not re.fullmatch(
            r"[^\s@]+@[^\s@]+\.[^\s@]+", self.address
        ):
            raise ValueError("address must be an e-mail address where the method is email")
        if self.method is RedressMethod.URL:
            wrong = FIELDS["decision_ground_reference_url"](self.address)
            if wrong is not None:
                raise ValueError(f"address {wrong}")
        if self.method is RedressMethod.NONE and self.address:
            raise ValueError("address is given, but the method is none; set it to email or url")
        if len(self.text) > _LONGEST_REDRESS:
            raise ValueError(f"text holds up to {_LONGEST_REDRESS:,} characters")


@dataclass(frozen=True, slots=True)
class StatementRule:
    """What is stated where a verdict was given for one reason.

    `clause` is the legal ground or the clause of the site's terms, `explanation` why a comment
    falls under it; both are published, and the author reads them. Raises ValueError that names the
    key for what the database would refuse, and for what looks like somebody's address.
    """

    category: Category
    clause: str
    explanation: str
    ground: Ground = Ground.INCOMPATIBLE
    keywords: tuple[str, ...] = ()
    url: str | None = None
    illegal: bool = False

    def __post_init__(self) -> None:
        for key, name in _KEYS.items():
            value = getattr(self, key)
            if value and (wrong := FIELDS[name](value)) is not None:
                raise ValueError(f"{key} {wrong}")
        for key in ("clause", "explanation"):
            if not getattr(self, key).strip():
                raise ValueError(f"{key} must say something")
        for key, text in self.texts():
            for found in personal_forms(text):
                raise ValueError(f"{key} holds {found}: statements are published, and name nobody")

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield the key and the words of everything in it that is published as it is."""
        yield from (("clause", self.clause), ("explanation", self.explanation))
        if self.url:
            yield ("url", self.url)


_KEYS = {
    "category": "category",
    "clause": "incompatible_content_ground",
    "explanation": "incompatible_content_explanation",
    "keywords": "category_specification",
    "url": "decision_ground_reference_url",
}


def _against(clause: str, what: str, category: Category, *keywords: str) -> StatementRule:
    return StatementRule(
        category,
        f"The site's rules for comments: {clause}",
        f"{what} The site's rules for comments do not allow that.",
        keywords=tuple(f"KEYWORD_{one}" for one in keywords),
    )


_HARASSMENT = (Category.CYBER_VIOLENCE, "CYBER_HARASSMENT")
_OTHER = Category.OTHER_VIOLATION_TC
DEFAULT_RULES: Mapping[str, StatementRule] = MappingProxyType(
    {
        Label.TOXICITY.value: _against(
            "no hostile comments",
            "The comment is hostile in a way that can drive people out of a conversation.",
            _OTHER,
        ),
        Label.SEVERE_TOXICITY.value: _against(
            "no hateful comments", "The comment is very hateful or aggressive.", *_HARASSMENT
        ),
        Label.OBSCENE.value: _against(
            "no obscene language", "The comment uses obscene language.", _OTHER
        ),
        Label.THREAT.value: _against(
            "no threats",
            "The comment announces or wishes harm to somebody.",
            Category.CYBER_VIOLENCE,
            "CYBER_BULLYING_INTIMIDATION",
        ),
        Label.INSULT.value: _against("no insults", "The comment insults somebody.", *_HARASSMENT),
        Label.IDENTITY_ATTACK.value: _against(
            "no attacks on groups of people",
            "The comment attacks people for who they are, such as their origin or religion.",
            Category.ILLEGAL_OR_HARMFUL_SPEECH,
            "HATE_SPEECH",
        ),
        Label.SEXUAL_EXPLICIT.value: _against(
            "no sexually explicit comments", "The comment is sexually explicit.", _OTHER
        ),
        Label.INCIVILITY.value: _against(
            "a civil tone", "The comment is rude or contemptuous to others.", _OTHER
        ),
        DEFAULT: _against(
            "what may be posted", "The comment breaks the site's rules for comments.", _OTHER
        ),
    }
)
"""What is stated where a site says nothing of its own: its rules, never the law."""


@dataclass(frozen=True, slots=True)
class StatementRules:
    """A site's rules by reason, and what all its statements share.

    `rules` are the site's own by label or by code of its guidelines; what is not among them is
    stated by `DEFAULT_RULES`. `language` is that of the comments, as two capital letters.
    `allowed_names` may stand in the site's texts though somebody here is called so. `reports` is
    what a reader's report is: a notice of illegal content (article 16), one by a trusted flagger,
    or neither.
    """

    rules: Mapping[str, StatementRule] = field(default_factory=dict)
    language: str | None = None
    scope: tuple[str, ...] = ()
    redress: Redress = field(default_factory=Redress)
    allowed_names: tuple[str, ...] = ()
    reports: SourceType = SourceType.OTHER_NOTIFICATION

    def __post_init__(self) -> None:
        for reason in self.rules:
            if reason not in DEFAULT_RULES and not _CODE.fullmatch(reason):
                raise ValueError(
                    f"{reason!r} is neither a label, nor {DEFAULT}, nor a code of guidelines "
                    "such as R2"
                )
        for key, name, value in (
            ("language", "content_language", self.language),
            ("territorial_scope", "territorial_scope", self.scope),
        ):
            if value and (wrong := FIELDS[name](value)) is not None:
                raise ValueError(f"{key} {wrong}")

    def chosen(self, reasons: Sequence[str]) -> tuple[str, StatementRule]:
        """Return the first of some reasons that has a rule, and that; else the default's.

        The site's own rules come first: they say more than a label.
        """
        for known in (self.rules, DEFAULT_RULES):
            for reason in reasons:
                if reason in known and reason != DEFAULT:
                    return reason, known[reason]
        return DEFAULT, self.rules.get(DEFAULT, DEFAULT_RULES[DEFAULT])

    def allows(self, name: str) -> bool:
        """Whether the site said that a name may stand in its texts, in any case."""
        return name.casefold() in {one.casefold() for one in self.allowed_names}

    def own_texts(self, reason: str | None = None) -> Iterator[tuple[str, str]]:
        """Yield where each published text of the site's own stands, and the text.

        Of all reasons, or of one. What is as it comes with triage is nobody's own.
        """
        ours = {text for rule in DEFAULT_RULES.values() for _, text in rule.texts()}
        for name, rule in self.rules.items():
            if reason in {None, name}:
                for key, text in rule.texts():
                    if text not in ours:
                        yield f"[reason.{name}] {key}", text
