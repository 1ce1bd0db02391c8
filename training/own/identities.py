"""The groups that our sentences name, with the forms a frame may ask for."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["IDENTITIES", "Identity", "article"]


@dataclass(frozen=True, slots=True)
class Identity:
    """A group: its name, which is the adjective, one of it, and wordings for many."""

    group: str
    one: str
    many: tuple[str, ...]

    def forms(self, turn: int = 0) -> dict[str, str]:
        """Return what fills a frame; `turn` picks the wording for many."""
        return {
            "adj": self.group,
            "a_adj": f"{article(self.group)} {self.group}",
            "one": self.one,
            "a_one": f"{article(self.one)} {self.one}",
            "many": self.many[turn % len(self.many)],
        }


def article(word: str) -> str:
    """Return a or an; enough for the words that the frames use."""
    return "an" if word[0].lower() in "aeio" else "a"


def _people(group: str, *more: str) -> Identity:
    """Return a group that an adjective names: gay, a gay person, gay people."""
    return Identity(group, f"{group} person", (f"{group} people", *more))


def _noun(group: str, *more: str) -> Identity:
    """Return a group whose adjective is a noun too: Muslim, a Muslim, Muslims."""
    return Identity(group, group, (f"{group}s", f"{group}s", f"{group} people", *more))


IDENTITIES = (
    _people("gay", "gays", "gay men"),
    Identity("lesbian", "lesbian", ("lesbians", "lesbian women")),
    _people("bisexual", "bisexuals"),
    _people("transgender"),
    _people("trans", "trans women", "trans men"),
    _people("queer"),
    _people("non-binary"),
    _people("straight", "heterosexuals"),
    _people("homosexual", "homosexuals"),
    _noun("Muslim"),
    Identity("Jewish", "Jewish person", ("Jews", "Jewish people")),
    _noun("Christian"),
    _noun("Catholic"),
    _noun("Hindu"),
    _noun("Buddhist"),
    _noun("Sikh"),
    _noun("atheist"),
    _noun("Mormon"),
    _people("Black", "black people", "Blacks"),
    _people("white", "whites"),
    _noun("Asian"),
    _noun("Arab"),
    _noun("African"),
    _noun("Latino"),
    _noun("Mexican"),
    _noun("Indian"),
    _people("Chinese"),
    _people("Turkish", "Turks"),
    _people("Polish", "Poles"),
    _people("Romani", "Roma"),
    _people("Irish"),
    _noun("Pakistani"),
    _noun("Somali"),
    _noun("Russian"),
    _noun("American"),
    _people("indigenous"),
    Identity("female", "woman", ("women", "women", "girls", "females")),
    Identity("male", "man", ("men", "males")),
    _people("young", "teenagers"),
    _people("old", "pensioners"),
    _people("elderly"),
    _people("deaf"),
    _people("blind"),
    _people("disabled", "wheelchair users"),
    _people("autistic", "autistics"),
    _people("mentally ill"),
    Identity("immigrant", "immigrant", ("immigrants", "migrants", "foreigners")),
    Identity("refugee", "refugee", ("refugees", "asylum seekers")),
)
