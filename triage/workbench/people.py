"""Verbs about people: who may work here, and as what."""

from __future__ import annotations

from triage.domain.people import Person, Role, person_name
from triage.errors import UsageError
from triage.workbench.parts import Parts

__all__ = ["People"]

_MANAGE = "manage people"


class People(Parts):
    """People are added, get roles, and are removed; each change holds from their next act on."""

    def people(self) -> list[Person]:
        """Return everybody who ever could work here, removed ones too, by name."""
        return self.store.people.all()

    def add_person(self, name: str, role: Role, by: str) -> Person:
        """Let somebody work here who signs in under this name, or again after a removal.

        Raises UsageError for a name that cannot be one, ConflictError for who is there already.
        """
        self.leads_only(by, _MANAGE)
        return self.store.people.add(_name(name), role, by, self._clock())

    def set_role(self, name: str, role: Role | None, by: str) -> Person:
        """Give somebody another role; None leaves it to what the provider says.

        Raises NotFoundError for nobody of that name, ConflictError for who was removed.
        """
        self.leads_only(by, _MANAGE)
        return self.store.people.set_role(_name(name), role, by, self._clock())

    def remove_person(self, name: str, by: str) -> Person:
        """Let somebody work here no more, from the next act on; what they did stays.

        What was assigned to them is nobody's then.
        Raises NotFoundError for nobody of that name.
        """
        self.leads_only(by, _MANAGE)
        return self.store.people.remove(_name(name), by, self._clock())

    def release_name(self, name: str, by: str) -> Person:
        """Let the next account that signs in by a name have it, as after a change of provider.

        Without that a name stays the first account's. Raises NotFoundError for nobody of that name.
        """
        self.leads_only(by, _MANAGE)
        return self.store.people.release(_name(name), by, self._clock())


def _name(given: str) -> str:
    """Return a name as the table has it, however it was typed; raise UsageError for none."""
    try:
        return person_name(given)
    except ValueError as error:
        raise UsageError(str(error)) from error
