"""The workbench as one person who signed in may use it: every verb asks first who that is."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from triage.domain.people import Account, Person, Role
from triage.errors import ConflictError, RightsError
from triage.logs import LogLevel, note
from triage.workbench.facade import Workbench
from triage.workbench.quality import QualityReport
from triage.workbench.rights import RIGHTS

__all__ = ["Seat", "seat"]

_LOG = logging.getLogger("triage.workbench")
_NAMES = frozenset({"by", "reviewer", "received_by"})
_A = {Role.REVIEWER: "a reviewer", Role.LEAD: "a lead", Role.ADMIN: "an admin"}


class Seat(Workbench):
    """One person's view of a workbench that many share.

    Whether they may is looked up at every verb, so that who was removed, or has another role, is
    refused at the next act. What they do is in their own name: where a verb takes a name, another
    one is refused. The verbs themselves run on the shared workbench, which asks nobody.
    """

    def __init__(self, bench: Workbench, account: Account, person: Person) -> None:
        self._bench = bench
        self._account = account
        self.role = _role(person, account)
        self.settings = replace(bench.settings, reviewer=person.name)

    def allows(self, verb: str) -> bool:
        """Whether this person could call a verb when sitting down: what a page shows goes by it."""
        needed = RIGHTS.get(verb)
        return needed is not None and self.role.covers(needed)

    def may_lead(self, reviewer: str) -> bool:
        """Whether this person led when sitting down."""
        self._own_name(reviewer)
        return self.role.covers(Role.LEAD)

    def quality(self) -> QualityReport:
        """Return how far reviewers agree; everybody's record for leads, else one's own."""
        leads = self._allow("quality").covers(Role.LEAD)
        report = self._bench.quality()
        own = tuple(one for one in report.records if one.reviewer == self.settings.reviewer)
        return report if leads else replace(report, records=own)

    def veils_scores(self, reviewer: str) -> bool:
        """Whether a list hides the scores of undecided comments, by the role of now.

        The shared workbench cannot tell: it asks nobody, so that everybody leads there.
        """
        leads = self._allow("veils_scores").covers(Role.LEAD)
        self._own_name(reviewer)
        return not leads and self._bench._scores_veiled()

    def close(self) -> None:
        """Leave: the workbench is the others' too."""

    def _allow(self, verb: str) -> Role:
        """Return the role of now, unless a verb takes another one, or there is none any more."""
        _check_time(self._bench, self._account)
        role = _role(self._bench.store.people.of(self._account), self._account)
        needed = RIGHTS.get(verb)
        if needed is None:
            raise RightsError(f"{verb} is for this machine's own programs, and for nobody else")
        if not role.covers(needed):
            raise RightsError(
                f"this takes {_A[needed]}, and {self.settings.reviewer} is {_A[role]} here: "
                "ask an admin for another role"
            )
        return role

    def _own_name(self, given: object) -> None:
        if given is not None and given != self.settings.reviewer:
            raise RightsError(
                f"{self.settings.reviewer} is signed in, and may do nothing in the name of {given}"
            )


def seat(bench: Workbench, account: Account) -> Seat:
    """Return the workbench as whoever signed in may use it.

    Raises RightsError for a sign-in that is over, for a stranger, for who was removed, and for
    another account that comes by the name of somebody who is known.
    """
    _check_time(bench, account)
    try:
        person = bench.store.people.meet(account)
    except ConflictError as error:
        raise RightsError(str(error)) from None
    if person is None:
        raise _stranger(account)
    return Seat(bench, account, person)


def _check_time(bench: Workbench, account: Account) -> None:
    if bench._clock() >= account.until:
        raise RightsError("your sign-in is over: sign in again; what you did is saved")


def _stranger(account: Account) -> RightsError:
    return RightsError(
        f"{account.name} has no role here: an admin gives one (triage people add {account.name} "
        "--role reviewer)"
    )


def _role(person: Person | None, account: Account) -> Role:
    """Return the role of who comes by an account: as the table says, else as the provider does."""
    if person is None:
        raise _stranger(account)
    if person.removed_at is not None:
        raise RightsError(f"{person.name} was removed here: ask an admin")
    role = person.role or account.role
    if role is None:
        raise RightsError(
            f"{person.name} has no role here, and the provider says none: ask an admin"
        )
    return role


def _asked(name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
    """Return a verb that asks whether it may, and then runs on the shared workbench."""
    signature = inspect.signature(verb)
    named = [
        one.name
        for one in signature.parameters.values()
        if one.name in _NAMES and str(one.annotation) in ("str", "str | None")
    ]

    @wraps(verb)
    def asked(self: Seat, *args: Any, **kwargs: Any) -> Any:
        try:
            self._allow(name)
            if named:
                given = signature.bind(self, *args, **kwargs).arguments
                for parameter in named:
                    self._own_name(given.get(parameter))
        except RightsError as error:
            note(_LOG, name, level=LogLevel.WARNING, error=error, role=self.role)
            raise
        return getattr(self._bench, name)(*args, **kwargs)

    return asked


def _shut(name: str) -> property:
    """Return what is in the place of a part that nobody reaches past the verbs."""

    def part(self: Seat) -> None:
        self._allow(name)

    return property(part)


def _guard() -> None:
    """Put something that asks first in the place of all that a workbench offers."""
    for name in dir(Workbench):
        if name.startswith("_") or name in vars(Seat):
            continue
        found = inspect.getattr_static(Workbench, name)
        if isinstance(found, int | str):
            continue  # a fact that is the same for everybody
        if isinstance(found, staticmethod):
            found = found.__func__
        setattr(Seat, name, _asked(name, found) if inspect.isfunction(found) else _shut(name))


_guard()
