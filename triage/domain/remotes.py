"""A scorer on another machine, as a person set it up: where it is, what it is asked, how often."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from triage.domain.checks import check_named
from triage.domain.languages import UNKNOWN, is_code, shorter
from triage.domain.scores import Label
from triage.domain.urls import is_loopback, split_url

__all__ = ["Filled", "Place", "Remote", "RemoteKind"]

Place = tuple[str, ...]
"""The way to a value in JSON: names of objects, numbers in lists, `name=value` for an item."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS = {"accept-encoding", "connection", "content-length", "content-type", "host"} | {
    "transfer-encoding"
}
# As the names end or begin under which keys are sent; X-Author and keywords are none.
_SECRET = re.compile(
    r"(?:key|token|pwd|pass|sig|signature)$|auth(?!or(?!iz))|cookie|credential|passw|secret",
    re.IGNORECASE,
)


class RemoteKind(StrEnum):
    """What the far side speaks: Perspective's AnalyzeComment, or JSON by a table of places."""

    PERSPECTIVE = "perspective"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Filled:
    """A header or query value: `template` (`Bearer ${TOKEN}`) may be shown, `text` is sent.

    `secrets` are what was put in for the variables: no message may hold them.
    """

    template: str
    text: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote scorer, key `remote:NAME`. Nothing in its repr is secret.

    `model_version` is what its owner states: nobody can see from here what the far side runs.
    `labels` says where each label's score is: for Perspective the attribute, as a place of one
    name; for JSON the place in the answer or, where `texts` is set, in one item of the list at
    `results`. `text` (one text a request) or `texts` (a list of up to `batch`) is where texts go
    in `body`, the constant part of the request. `languages` are those that it reads, any without;
    Perspective is told them, too. `missing` names the environment variables that
    `headers` and `query` need and that are not set.

    `timeout` is in seconds and counts for a whole answer; at most `parallel` requests wait for
    theirs at once; `retries` come after the first try; `budget` is the most requests of a run,
    retries included; `characters` is the longest text that is sent. `insecure` allows plain HTTP
    to another machine. Raises ValueError for what cannot be used.
    """

    name: str
    kind: RemoteKind
    url: str
    model_version: str
    labels: Mapping[Label, Place]
    text: Place = ()
    texts: Place = ()
    results: Place = ()
    body: Mapping[str, object] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    headers: Mapping[str, Filled] = field(default_factory=dict)
    query: Mapping[str, Filled] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    description: str = ""
    timeout: float = 10.0
    requests_per_second: float = 1.0
    parallel: int = 1
    retries: int = 3
    budget: int = 10_000
    characters: int = 20_000
    batch: int = 1
    insecure: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"the name {self.name!r} is not made of small letters, digits, '.', '_' and '-'"
            )
        check_named("model_version", self.model_version)
        _check_url(self.url, insecure=self.insecure)
        _check_limits(self)
        _check_table(self)
        for name, value in self.headers.items():
            _check_header(name, value)
        for name, value in self.query.items():
            _check_from_variable(f"the query parameter {name!r}", name, value)
        for name in ("labels", "body", "headers", "query"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def key(self) -> str:
        """The scorer's key: `remote:NAME`."""
        return f"remote:{self.name}"

    @property
    def host(self) -> str:
        """Whom the texts are sent to."""
        return urlsplit(self.url).hostname or ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may hold."""
        filled = (*self.headers.values(), *self.query.values())
        return tuple(secret for one in filled for secret in one.secrets)


def _check_url(url: str, *, insecure: bool) -> None:
    """Raise ValueError for an address that is none, that holds a secret or would give one away."""
    parts = split_url(url)
    host = parts.hostname or ""
    for name, _value in parse_qsl(parts.query, keep_blank_values=True):
        if _SECRET.search(name):
            raise ValueError(
                f"url holds the parameter {name!r}: a secret belongs into the environment, as "
                f'query = {{ {name} = "${{VARIABLE}}" }}'
            )
    if parts.scheme == "http" and not (insecure or is_loopback(host)):
        raise ValueError(
            f"url sends texts to {host} for everybody on the way to read: use https, or set "
            "insecure = true where the way is your own"
        )


def _check_limits(remote: Remote) -> None:
    for name in ("timeout", "requests_per_second"):
        if not 0 < getattr(remote, name) <= 86_400:
            raise ValueError(f"{name} must be more than 0 and at most 86400")
    for name, least, most in (
        ("parallel", 1, 64),
        ("retries", 0, 10),
        ("budget", 1, 10**12),
        ("characters", 1, 10**9),
        ("batch", 1, 10_000),
    ):
        if not least <= getattr(remote, name) <= most:
            raise ValueError(f"{name} must lie between {least} and {most}")


def _check_table(remote: Remote) -> None:
    """Raise ValueError unless the places fit the kind."""
    if not remote.labels:
        raise ValueError("labels is empty: say where the score of each label is")
    if remote.kind is RemoteKind.PERSPECTIVE:
        if remote.text or remote.texts or remote.results or remote.body or remote.batch != 1:
            raise ValueError("text, texts, results, body and batch are for kind = 'json'")
        if any(len(place) != 1 or not place[0] for place in remote.labels.values()):
            raise ValueError("labels maps each label to one attribute, such as TOXICITY")
        return
    for language in remote.languages:
        _check_language(language)
    if bool(remote.text) == bool(remote.texts):
        raise ValueError("give text (one text a request) or texts (a list of them), and one only")
    if remote.text and (remote.results or remote.batch != 1):
        raise ValueError("results and batch go with texts, a list of them")


def _check_language(language: str) -> None:
    """Raise ValueError unless texts can be told to be in a language: as ours are, for no far side.

    Perspective has names of its own for some, such as hi-Latn, which are sent as they stand.
    """
    if not is_code(language) or language == UNKNOWN:
        raise ValueError(f"languages has {language!r}: name each by a code of ISO 639, such as en")
    if (code := shorter(language)) is not None:
        raise ValueError(f"languages has {language!r}: it is {code}, as languages of texts are")


def _check_header(name: str, value: Filled) -> None:
    if not _HEADER.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a header")
    if name.lower() in _OURS:
        raise ValueError(f"the header {name} is triage's own")
    if not (value.text.isascii() and value.text.isprintable()):
        raise ValueError(f"the header {name} ({value.template!r}) is more than printable ASCII")
    _check_from_variable(f"the header {name}", name, value)


def _check_from_variable(what: str, name: str, value: Filled) -> None:
    """Raise ValueError where a secret seems to stand in the file itself."""
    if _SECRET.search(name) and "${" not in value.template:
        raise ValueError(
            f"{what} looks like a secret in a file: take it from the environment, "
            'as "${VARIABLE}"'
        )
