"""Statements of reasons (Digital Services Act, article 17): the words and limits of the database.

Source: the European Commission's DSA Transparency Database, its API documentation and validator
(https://transparency.dsa.ec.europa.eu/page/api-documentation,
https://github.com/digital-services-act/transparency-database). Of its fields those are here that
can concern a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

__all__ = [
    "FIELDS",
    "KEYWORDS",
    "LONGEST_CLAUSE",
    "LONGEST_EXPLANATION",
    "MOST_AT_ONCE",
    "SCOPES",
    "Automation",
    "Category",
    "Ground",
    "SourceType",
    "faults",
]

MOST_AT_ONCE = 100
"""Statements that one request may hold."""
LONGEST_FACTS = 5_000
LONGEST_CLAUSE = 500
LONGEST_EXPLANATION = 2_000
LONGEST_PUID = 500

SCOPES = frozenset(
    (
        *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IS", "IE"),
        *("IT", "LV", "LI", "LT", "LU", "MT", "NL", "NO", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
    )
)
"""The countries of the European Economic Area, as the database names them."""

LANGUAGES = frozenset(
    re.findall(
        "..",
        "AAABAEAFAKAMANARASAVAYAZBABEBGBIBMBNBOBRBSCACECHCOCRCSCUCVCYDADEDVDZEEELENEOESETEUFA"
        "FFFIFJFOFRFYGAGDGLGNGUGVHAHEHIHOHRHTHUHYHZIAIDIEIGIIIKIOISITIUJAJVKAKGKIKJKKKLKMKNKO"
        "KRKSKUKVKWKYLALBLGLILNLOLTLULVMGMHMIMKMLMNMRMSMTMYNANBNDNENGNLNNNONRNVNYOCOJOMOROSPA"
        "PIPLPSPTQURMRNRORURWSASCSDSESGSISKSLSMSNSOSQSRSSSTSUSVSWTATETGTHTITKTLTNTOTRTSTTTWTY"
        "UGUKURUZVEVIVOWAWOXHYIYOZAZHZU",
    )
)
"""The two letters that ISO 639-1 gives a language."""


class Ground(StrEnum):
    """Why: against the law, or against the site's terms."""

    ILLEGAL = "DECISION_GROUND_ILLEGAL_CONTENT"
    INCOMPATIBLE = "DECISION_GROUND_INCOMPATIBLE_CONTENT"


class SourceType(StrEnum):
    """What made the site look."""

    ARTICLE_16 = "SOURCE_ARTICLE_16"
    TRUSTED_FLAGGER = "SOURCE_TRUSTED_FLAGGER"
    OTHER_NOTIFICATION = "SOURCE_TYPE_OTHER_NOTIFICATION"
    VOLUNTARY = "SOURCE_VOLUNTARY"


class Automation(StrEnum):
    """How far a machine decided."""

    FULLY = "AUTOMATED_DECISION_FULLY"
    PARTIALLY = "AUTOMATED_DECISION_PARTIALLY"
    NOT = "AUTOMATED_DECISION_NOT_AUTOMATED"


class Category(StrEnum):
    """What kind of violation it is."""

    ANIMAL_WELFARE = "STATEMENT_CATEGORY_ANIMAL_WELFARE"
    CONSUMER_INFORMATION = "STATEMENT_CATEGORY_CONSUMER_INFORMATION"
    CYBER_VIOLENCE = "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    CYBER_VIOLENCE_AGAINST_WOMEN = "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN"
    DATA_PROTECTION_AND_PRIVACY_VIOLATIONS = (
        "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS"
    )
    ILLEGAL_OR_HARMFUL_SPEECH = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"
    INTELLECTUAL_PROPERTY_INFRINGEMENTS = "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"
    NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS = (
        "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"
    )
    OTHER_VIOLATION_TC = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
    PROTECTION_OF_MINORS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"
    RISK_FOR_PUBLIC_SECURITY = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"
    SCAMS_AND_FRAUD = "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
    SELF_HARM = "STATEMENT_CATEGORY_SELF_HARM"
    UNSAFE_AND_PROHIBITED_PRODUCTS = "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS"
    VIOLENCE = "STATEMENT_CATEGORY_VIOLENCE"


KEYWORDS = frozenset(
    f"KEYWORD_{name}"
    for name in (
        *("CYBER_BULLYING_INTIMIDATION", "CYBER_HARASSMENT", "CYBER_INCITEMENT", "CYBER_STALKING"),
        *("BULLYING_AGAINST_GIRLS", "CYBER_HARASSMENT_AGAINST_WOMEN"),
        *("CYBER_STALKING_AGAINST_WOMEN", "FEMALE_GENDERED_DISINFORMATION"),
        *("INCITEMENT_AGAINST_WOMEN", "RIGHT_TO_BE_FORGOTTEN", "MISSING_PROCESSING_GROUND"),
        *("DEFAMATION", "DISCRIMINATION", "HATE_SPEECH", "COPYRIGHT_INFRINGEMENT"),
        *("MISINFORMATION_DISINFORMATION", "VIOLATION_EU_LAW", "VIOLATION_NATIONAL_LAW"),
        *("ADULT_SEXUAL_MATERIAL", "GROOMING_SEXUAL_ENTICEMENT_MINORS", "UNSAFE_CHALLENGES"),
        *("AGE_SPECIFIC_RESTRICTIONS", "AGE_SPECIFIC_RESTRICTIONS_MINORS"),
        *("ILLEGAL_ORGANIZATIONS", "RISK_PUBLIC_HEALTH", "TERRORIST_CONTENT"),
        *("INAUTHENTIC_ACCOUNTS", "INAUTHENTIC_USER_REVIEWS", "PHISHING", "PYRAMID_SCHEMES"),
        *("IMPERSONATION_ACCOUNT_HIJACKING", "HIDDEN_ADVERTISEMENT"),
        *("CONTENT_PROMOTING_EATING_DISORDERS", "SELF_MUTILATION", "SUICIDE"),
        *("COORDINATED_HARM", "INCITEMENT_VIOLENCE_HATRED", "HUMAN_TRAFFICKING"),
        *("GOODS_SERVICES_NOT_PERMITTED", "LANGUAGE_REQUIREMENTS", "NUDITY", "OTHER"),
    )
)
"""The keywords that can be about a text."""

VISIBILITIES = frozenset(
    f"DECISION_VISIBILITY_{name}"
    for name in ("CONTENT_REMOVED", "CONTENT_DISABLED", "CONTENT_DEMOTED", "CONTENT_LABELLED")
)
_YES_NO = frozenset({"Yes", "No"})
_PUID = re.compile(r"[a-zA-Z0-9_-]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Check = Callable[[object], str | None]


def _text(longest: int) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, str) or not value.strip():
            return "is no text"
        if len(value) > longest:
            return f"has {len(value):,} characters; up to {longest:,} are taken"
        return None

    return check


def _like(pattern: re.Pattern[str], wanted: str, longest: int) -> Check:
    def check(value: object) -> str | None:
        fits = isinstance(value, str) and pattern.fullmatch(value) and len(value) <= longest
        return None if fits else f"is not {wanted}"

    return check


def _one_of(known: frozenset[str]) -> Check:
    def check(value: object) -> str | None:
        if isinstance(value, str) and value in known:
            return None
        return f"is {value!r}; known are {', '.join(sorted(known))}"

    return check


def _some_of(known: frozenset[str]) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, list | tuple) or not value:
            return "is no list with something in it"
        unknown = [one for one in value if not isinstance(one, str) or one not in known]
        return f"has {unknown[0]!r}; known are {', '.join(sorted(known))}" if unknown else None

    return check


def _day(value: object) -> str | None:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return None if date.fromisoformat(value) >= date(1970, 1, 1) else "is before 1970"
    except ValueError:
        pass
    return "is no day written as 2026-11-30"


def _language(value: object) -> str | None:
    if isinstance(value, str) and value in LANGUAGES:
        return None
    return "is not two capital letters that ISO 639-1 has, such as EN"


def _address(value: object) -> str | None:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return "is no address that begins with http:// or https://"
    return _text(LONGEST_CLAUSE)(value)


FIELDS: Mapping[str, Check] = MappingProxyType(
    {
        "decision_visibility": _some_of(VISIBILITIES),
        "decision_ground": _one_of(frozenset(Ground)),
        "decision_ground_reference_url": _address,
        "illegal_content_legal_ground": _text(LONGEST_CLAUSE),
        "illegal_content_explanation": _text(LONGEST_EXPLANATION),
        "incompatible_content_ground": _text(LONGEST_CLAUSE),
        "incompatible_content_explanation": _text(LONGEST_EXPLANATION),
        "incompatible_content_illegal": _one_of(_YES_NO),
        "category": _one_of(frozenset(Category)),
        "category_addition": _some_of(frozenset(Category)),
        "category_specification": _some_of(KEYWORDS),
        "content_type": _some_of(frozenset({"CONTENT_TYPE_TEXT"})),
        "content_language": _language,
        "content_date": _day,
        "application_date": _day,
        "territorial_scope": _some_of(SCOPES),
        "decision_facts": _text(LONGEST_FACTS),
        "source_type": _one_of(frozenset(SourceType)),
        "automated_detection": _one_of(_YES_NO),
        "automated_decision": _one_of(frozenset(Automation)),
        "puid": _like(_PUID, "letters, digits, - and _, up to 500", LONGEST_PUID),
    }
)
"""The fields of a statement in the order in which they are written, and what each may hold."""

_REQUIRED = (
    *("decision_visibility", "decision_ground", "category", "content_type", "content_date"),
    *("application_date", "decision_facts", "source_type", "automated_detection"),
    *("automated_decision", "puid"),
)
_BY_GROUND: Mapping[str, Sequence[str]] = {
    Ground.ILLEGAL: ("illegal_content_legal_ground", "illegal_content_explanation"),
    Ground.INCOMPATIBLE: ("incompatible_content_ground", "incompatible_content_explanation"),
}


def faults(statement: Mapping[str, object]) -> Iterator[str]:
    """Yield what the database would refuse in a statement: `field: what is wrong`, in order."""
    ground = statement.get("decision_ground")
    needed = (*_REQUIRED, *_BY_GROUND.get(str(ground), ()))
    for name in (*FIELDS, *(name for name in statement if name not in FIELDS)):
        value = statement.get(name)
        if name not in FIELDS:
            yield f"{name}: there is no such field"
        elif value is None:
            if name in needed:
                yield f"{name}: is missing"
        elif (wrong := FIELDS[name](value)) is not None:
            yield f"{name}: {wrong}"
    first, last = statement.get("content_date"), statement.get("application_date")
    if isinstance(first, str) and isinstance(last, str) and first > last:
        yield "content_date: is later than application_date"
