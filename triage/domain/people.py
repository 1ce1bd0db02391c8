"""People who sign in: their roles, and what a provider of identities says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from unicodedata import normalize

from triage.domain.checks import check_aware, check_named
from triage.domain.decisions import Reviewer

__all__ = ["NO_PERSONS", "Account", "Person", "Role", "SignIn", "account_of", "person_name"]

NO_PERSONS = ("policy:", "client:")
"""How names begin that stand in the log for policies and programs."""
_LONGEST_NAME = 200
_LONGEST_ID = 500


class Role(StrEnum):
    """What a person may do; each one may do what those before it may."""

    REVIEWER = "reviewer"
    """See the queue, browse, decide."""
    LEAD = "lead"
    """Set what all work by: policies, guidelines, known answers; import and export."""
    ADMIN = "admin"
    """Say who may do what: people, tokens, webhooks."""

    def covers(self, other: Role) -> bool:
        """Return whether this role may do all that another one may."""
        roles = list(Role)
        return roles.index(self) >= roles.index(other)


@dataclass(frozen=True, slots=True)
class Person:
    """Who may work here; never forgotten, for the log holds the name.

    `role` is None where the provider's claim gives it. `issuer` and `subject` are the one account
    that may come under this name, None until somebody first signed in by it.
    """

    name: str
    role: Role | None
    added_at: datetime
    added_by: str
    changed_at: datetime
    changed_by: str
    removed_at: datetime | None = None
    issuer: str | None = None
    subject: str | None = None
    signed_in_at: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.added_at, self.changed_at, self.removed_at, self.signed_in_at):
            check_aware("a person's time", moment)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a site's people sign in; see docs/operations.md.

    `name` is the claim that names a person. `roles` maps what the claim `role_claim` says to roles;
    where it is empty, the table of people alone gives them. A sign-in is good for `lasts`. `auth`
    is the provider as Streamlit takes it, with its secrets.
    """

    name: str = "email"
    role_claim: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)
    lasts: timedelta = timedelta(hours=12)
    auth: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def providers(self) -> tuple[str, ...]:
        """The names of several providers to choose from; none where there is only the one."""
        tables = (name for name, one in self.auth.items() if isinstance(one, Mapping))
        return tuple(name for name in tables if name != "client_kwargs")

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("name must be a claim: email, preferred_username or sub")
        if bool(self.role_claim) != bool(self.roles):
            raise ValueError("role_claim and roles belong together: set both or neither")
        if self.lasts <= timedelta(0):
            raise ValueError("a sign-in lasts longer than nothing")


@dataclass(frozen=True, slots=True)
class Account:
    """Who signed in, as the provider says: issuer and subject are one person's for ever.

    `role` is what the provider's claim gives, `until` when the sign-in is over.
    """

    issuer: str
    subject: str
    name: str
    role: Role | None
    signed_in_at: datetime
    until: datetime


def person_name(given: str) -> str:
    """Return a person's name as the log has it; one that is an address is in small letters.

    Ways to write the same letters (NFKC) are one. Raises ValueError for one that is none, one with
    characters that nobody sees, or one that a policy or a program has.
    """
    name = normalize("NFKC", given).strip()
    if "@" in name:
        name = name.lower()  # providers differ in how they write one and the same address
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"a name has at most {_LONGEST_NAME} characters")
    if not name.isprintable():
        raise ValueError(f"a name has no characters that nobody sees: {name!r}")
    if name.casefold().startswith(NO_PERSONS):
        raise ValueError(
            f"names that begin with {' or '.join(NO_PERSONS)} are those of policies and programs"
        )
    return Reviewer(name).name


def account_of(claims: Mapping[str, object], rules: SignIn) -> Account:
    """Return who signed in, from the claims of an ID token that was verified.

    Raises ValueError, in words for that person, for claims that do not say who it is.
    """
    issuer, subject = (_text(claims, claim, _LONGEST_ID) for claim in ("iss", "sub"))
    # Some providers write it as a word.
    if rules.name == "email" and str(claims.get("email_verified")).lower() == "false":
        raise ValueError("the provider has not verified your e-mail address: verify it there")
    try:
        at = datetime.fromtimestamp(claims["iat"], UTC)  # type: ignore[arg-type]
        until = at + rules.lasts
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise ValueError("the provider does not say when you signed in (claim iat)") from None
    return Account(
        issuer,
        subject,
        person_name(_text(claims, rules.name, _LONGEST_NAME)),
        _highest(_claim(claims, rules.role_claim), rules.roles) if rules.roles else None,
        at,
        until,
    )


def _text(claims: Mapping[str, object], claim: str, longest: int) -> str:
    value = _claim(claims, claim)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise ValueError(
            f"the provider does not say who you are (claim {claim}): whoever runs this site may "
            "ask it for another scope, or name another claim"
        )
    check_named(f"the claim {claim}", value)
    return value


def _claim(claims: Mapping[str, object], name: str) -> object:
    """Return a claim: by its whole name, which may hold dots, else step by step along them."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _highest(said: object, roles: Mapping[str, Role]) -> Role | None:
    """Return the highest role that any value of a claim stands for."""
    values = said if isinstance(said, list | tuple) else [said]
    given = [roles[one] for one in values if isinstance(one, str) and one in roles]
    return max(given, key=list(Role).index, default=None)
