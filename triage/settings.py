"""The environment and triage.toml, read once into one frozen Settings. Only the edges read them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from enum import StrEnum
from getpass import getuser
from math import nan
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from triage.domain.decisions import Reviewer
from triage.domain.forgetting import Retention
from triage.domain.kindness import MOST_IN_A_ROW, Blur
from triage.domain.languages import UNKNOWN, Others, is_code, shorter
from triage.domain.people import NO_PERSONS, SignIn
from triage.domain.pools import Pool
from triage.domain.pseudonyms import SHORTEST_KEY, Pseudonyms
from triage.domain.remotes import Remote
from triage.domain.scores import Mode
from triage.domain.statement_rules import StatementRules
from triage.errors import UsageError
from triage.given import Given
from triage.logs import LogLevel, LogStyle
from triage.remotes import read_remotes
from triage.sign_in_file import read_sign_in
from triage.statement_file import read_statement_rules

__all__ = ["Settings"]

_DATABASE_URL = "sqlite:///triage.db"  # in the working folder
_MODELS_DIR = "~/.cache/triage/models"
_HOMELESS_MODELS_DIR = "triage-models"  # in the working folder
_DEVICE = "cpu"
_LANGUAGE = "en"
_NOBODY = "reviewer"
_SEVERE_BUDGET = 50
_MILDER_AFTER = 5
_DOUBLED = 0.05
_LEASE_MINUTES = 5
_A_DAY = 24 * 60.0  # minutes
_MOST_REQUESTS = 1e6  # a second
_MOST_DAYS = 36_525  # a century
_MOST_CONNECTIONS = 1_000
_A_WEEK = 7 * _A_DAY

_Chosen = TypeVar("_Chosen", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can choose; every field has a `TRIAGE_...` variable.

    The variables may stand in a file, too (`triage.given`).
    `database_url` is a SQLAlchemy URL (`TRIAGE_DATABASE_URL`), `pool` how many connections a
    process keeps to it (`TRIAGE_POOL_SIZE`, `_OVERFLOW`, `_SECONDS`, `_RECYCLE_MINUTES`). `log` is
    how log lines are written (`TRIAGE_LOG`), `log_level` from which level on
    (`TRIAGE_LOG_LEVEL`; None leaves it to the command). `scorers` are the keys of the
    panel, first one first (`TRIAGE_SCORERS`, separated by commas); where there are none, the
    workbench chooses by what is on this machine. `models_dir` holds weights that
    were put on this machine (`TRIAGE_MODELS_DIR`); `allow_download` lets Detoxify fetch its own
    (`TRIAGE_ALLOW_DOWNLOAD`). Where there is no home, as in some containers, `models_dir` is
    `triage-models` in the working folder. `detoxify` says how Detoxify's models compute
    (`TRIAGE_DETOXIFY`), `device` where: `cpu`, `cuda` or one GPU, as `cuda:1` (`TRIAGE_DEVICE`).
    `language` is the site's own, as a code of ISO 639: a text that is too short to say is taken to
    be in it (`TRIAGE_LANGUAGE`). `other_languages` says whether comments that no scorer in use
    reads are sent to review, or left (`TRIAGE_OTHER_LANGUAGES`).
    `remotes` are the scorers on other machines that may be
    chosen, from the file that `TRIAGE_REMOTE` names. `reviewer` is the name that decisions carry
    (`TRIAGE_REVIEWER`). `pseudonyms` makes authors' pseudonyms, so that no name is kept and no
    verdict hangs on one (`TRIAGE_PSEUDONYMS`, with a key in `TRIAGE_PSEUDONYMS_KEY`); None keeps
    names. `retention` is after how many days `triage retain` erases comments
    (`TRIAGE_RETAIN_DECIDED`, `TRIAGE_RETAIN_UNDECIDED`). `blur` is what of a comment is blurred
    until a key reveals it, where the reviewer did not choose otherwise (`TRIAGE_BLUR`); `blind`
    hides scores until a comment is decided, likewise (`TRIAGE_BLIND`); after `severe_budget` severe
    comments in a day a break is suggested, 0 for never (`TRIAGE_SEVERE_BUDGET`); after
    `milder_after` of them in a row a milder one comes, likewise (`TRIAGE_MILDER_AFTER`). `leads`
    may edit the guidelines, set policies and known answers, draw audits, settle disagreements and
    erase comments; where nobody is named, everybody may (`TRIAGE_LEADS`, separated by commas).
    `lease` is how long a comment
    stays a reviewer's own without a sign of life (`TRIAGE_LEASE_MINUTES`). `doubled` is the share
    of decisions that somebody else makes again, unseen, so that agreement can be measured
    (`TRIAGE_DOUBLED`). `own_appeals` lets a reviewer decide appeals against their own decisions,
    for a site with one reviewer (`TRIAGE_OWN_APPEALS`).
    `api_store` keeps what clients of Perspective allow to be kept, and what their moderators say,
    as comments and decisions (`TRIAGE_API_STORE`).
    `timezone` is that of times that do not name theirs, and of days (`TRIAGE_TIMEZONE`).
    `api_hosts` are the names by which the HTTP API may be called, any where there are none
    (`TRIAGE_API_HOSTS`); `api_origins` the sites whose pages may call it (`TRIAGE_API_ORIGINS`,
    both separated by commas); `api_rate` how many requests a second a caller may send on average,
    0 for without limit (`TRIAGE_API_RATE`).
    `webhook_hosts` are receivers of webhooks that may have private addresses, and be told over
    plain HTTP (`TRIAGE_WEBHOOK_HOSTS`, separated by commas).
    `statements` says how reasons are stated, from the file that `TRIAGE_STATEMENTS` names.
    `sign_in` says how people sign in to the dashboard, from the file that `TRIAGE_SIGN_IN` names;
    where there is none, it is for one person on this machine, and `reviewer` is who that is.
    `behind_proxy` says that without it a proxy keeps others out (`TRIAGE_BEHIND_PROXY`).
    """

    database_url: str = _DATABASE_URL
    pool: Pool = field(default_factory=Pool)
    log: LogStyle = LogStyle.PLAIN
    log_level: LogLevel | None = None
    scorers: tuple[str, ...] = ()
    models_dir: Path = field(default_factory=lambda: _models_dir(""))
    allow_download: bool = False
    detoxify: Mode = Mode.AUTO
    device: str = _DEVICE
    language: str = _LANGUAGE
    other_languages: Others = Others.REVIEW
    remotes: tuple[Remote, ...] = ()
    reviewer: str = _NOBODY
    pseudonyms: Pseudonyms | None = None
    retention: Retention = field(default_factory=Retention)
    blur: Blur = Blur.OFF
    blind: bool = False
    severe_budget: int = _SEVERE_BUDGET
    milder_after: int = _MILDER_AFTER
    leads: tuple[str, ...] = ()
    doubled: float = _DOUBLED
    own_appeals: bool = False
    api_store: bool = False
    lease: timedelta = timedelta(minutes=_LEASE_MINUTES)
    timezone: tzinfo = UTC
    api_hosts: tuple[str, ...] = ()
    api_origins: tuple[str, ...] = ()
    api_rate: float = 0.0
    webhook_hosts: tuple[str, ...] = ()
    statements: StatementRules = field(default_factory=StatementRules)
    sign_in: SignIn | None = None
    behind_proxy: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the `TRIAGE_...` variables and the settings file, as `read` does."""
        return cls.read(Given(os.environ if environment is None else environment))

    @classmethod
    def read(cls, given: Given) -> Settings:
        """Return what was chosen. Raises UsageError that says where a value stands that is wrong.

        So it does for a key of the settings file that is none of ours.
        """
        try:
            settings = cls._of(given)
        except UsageError as error:
            raise given.placed(error) from None
        given.check_keys()
        return settings

    @classmethod
    def _of(cls, env: Mapping[str, str]) -> Settings:
        return cls(
            database_url=env.get("TRIAGE_DATABASE_URL") or _DATABASE_URL,
            pool=_pool(env),
            log=_one_of("TRIAGE_LOG", env, LogStyle.PLAIN),
            log_level=_log_level(env),
            scorers=_names("TRIAGE_SCORERS", env),
            models_dir=_models_dir(env.get("TRIAGE_MODELS_DIR", "")),
            allow_download=_yes("TRIAGE_ALLOW_DOWNLOAD", env),
            detoxify=_one_of("TRIAGE_DETOXIFY", env, Mode.AUTO),
            device=_device(env.get("TRIAGE_DEVICE", "").strip().lower()),
            language=_language(env.get("TRIAGE_LANGUAGE", "").strip().lower()),
            other_languages=_one_of("TRIAGE_OTHER_LANGUAGES", env, Others.REVIEW),
            remotes=_remotes(env),
            reviewer=_reviewer(env.get("TRIAGE_REVIEWER", "").strip()),
            pseudonyms=_pseudonyms(env),
            retention=Retention(
                _period("TRIAGE_RETAIN_DECIDED", env), _period("TRIAGE_RETAIN_UNDECIDED", env)
            ),
            blur=_one_of("TRIAGE_BLUR", env, Blur.OFF),
            blind=_yes("TRIAGE_BLIND", env),
            severe_budget=_whole("TRIAGE_SEVERE_BUDGET", env, _SEVERE_BUDGET),
            milder_after=_whole("TRIAGE_MILDER_AFTER", env, _MILDER_AFTER, MOST_IN_A_ROW),
            leads=_leads(env),
            doubled=_number(
                "TRIAGE_DOUBLED",
                env,
                _DOUBLED,
                lambda share: 0.0 <= share <= 1.0,
                "a share from 0 to 1, such as 0.05",
            ),
            own_appeals=_yes("TRIAGE_OWN_APPEALS", env),
            lease=_lease(env),
            api_store=_yes("TRIAGE_API_STORE", env),
            timezone=_timezone(env.get("TRIAGE_TIMEZONE") or "UTC"),
            api_hosts=tuple(name.lower() for name in _names("TRIAGE_API_HOSTS", env)),
            api_origins=_origins(env),
            api_rate=_number(
                "TRIAGE_API_RATE",
                env,
                0.0,
                lambda rate: 0.0 <= rate <= _MOST_REQUESTS,
                "requests a second, such as 20, or 0 for without limit",
            ),
            webhook_hosts=tuple(name.lower() for name in _names("TRIAGE_WEBHOOK_HOSTS", env)),
            statements=_statements(env),
            sign_in=_sign_in(env),
            behind_proxy=_yes("TRIAGE_BEHIND_PROXY", env),
        )


def _names(name: str, env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names in a variable, which commas separate."""
    return tuple(one.strip() for one in env.get(name, "").split(",") if one.strip())


def _origins(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the sites that a variable names, each as a browser does: `https://example.org`."""
    found = _names("TRIAGE_API_ORIGINS", env)
    for one in found:
        if not re.fullmatch(r"https?://[a-z0-9.:\[\]-]+", one):
            raise UsageError(
                f"TRIAGE_API_ORIGINS has {one!r}; a site is named as https://example.org, in small "
                "letters and without a path"
            )
    return found


def _yes(name: str, env: Mapping[str, str]) -> bool:
    value = env.get(name, "").strip().lower()
    if value in {"", "0", "no", "false", "off"}:
        return False
    if value in {"1", "yes", "true", "on"}:
        return True
    raise UsageError(f"{name} is {value!r}; set it to 1 or 0")


def _pseudonyms(env: Mapping[str, str]) -> Pseudonyms | None:
    """Return what makes pseudonyms; its key lies here and not in the database."""
    key = env.get("TRIAGE_PSEUDONYMS_KEY", "").strip()
    if not _yes("TRIAGE_PSEUDONYMS", env):
        return None
    if len(key) < SHORTEST_KEY:
        raise UsageError(
            f"TRIAGE_PSEUDONYMS wants a key of {SHORTEST_KEY} characters or more in "
            "TRIAGE_PSEUDONYMS_KEY, such as `openssl rand -hex 32` prints; keep it apart from the "
            "database and its backups, for without it nobody can go on"
        )
    return Pseudonyms(key)


def _period(name: str, env: Mapping[str, str]) -> timedelta | None:
    """Return the days that a variable holds as a period; None where it is not set, or 0."""
    given = env.get(name, "").strip()
    if not given or given == "0":
        return None
    if not (given.isascii() and given.isdecimal() and int(given) <= _MOST_DAYS):
        raise UsageError(f"{name} is {given!r}; set it to a number of days, or 0 to keep all")
    return timedelta(days=int(given))


def _one_of(name: str, env: Mapping[str, str], default: _Chosen) -> _Chosen:
    given = env.get(name, "").strip().lower()
    try:
        return type(default)(given or default)
    except ValueError:
        known = ", ".join(type(default))
        raise UsageError(f"{name} is {given!r}; set it to one of: {known}") from None


def _device(given: str) -> str:
    """Return a device as torch names it; whether it is there, only torch can tell."""
    if given and not re.fullmatch(r"cpu|cuda(:[0-9]{1,3})?", given):
        raise UsageError(
            f"TRIAGE_DEVICE is {given!r}; set it to cpu, to cuda, or to one GPU, as cuda:1"
        )
    return given or _DEVICE


def _language(given: str) -> str:
    if given and not is_code(given):
        raise UsageError(f"TRIAGE_LANGUAGE is {given!r}; set it to a code of ISO 639, such as en")
    if given == UNKNOWN:
        raise UsageError(f"TRIAGE_LANGUAGE is {given!r}, which is none; set it to the site's own")
    if (code := shorter(given)) is not None:
        raise UsageError(
            f"TRIAGE_LANGUAGE is {given!r}; set it to {code}, as languages of texts are"
        )
    return given or _LANGUAGE


def _whole(name: str, env: Mapping[str, str], default: int, most: int | None = None) -> int:
    """Return the number of comments that a variable holds; 0 is for never."""
    given = env.get(name, "").strip()
    fits = not given or (given.isascii() and given.isdecimal())
    if not fits or (most is not None and int(given or 0) > most):
        upto = "" if most is None else f" up to {most}"
        raise UsageError(f"{name} is {given!r}; set it to a number of comments{upto}, or 0")
    return int(given or default)


def _lease(env: Mapping[str, str]) -> timedelta:
    minutes = _number(
        "TRIAGE_LEASE_MINUTES",
        env,
        _LEASE_MINUTES,
        lambda minutes: 0.0 < minutes <= _A_DAY,
        "a number of minutes, at most a day's",
    )
    return timedelta(minutes=minutes)


def _number(
    name: str,
    env: Mapping[str, str],
    default: float,
    fits: Callable[[float], bool],
    wanted: str,
) -> float:
    """Return the number that a variable holds; `fits` says of one whether it can be used."""
    given = env.get(name, "").strip()
    try:
        number = float(given) if given else default
    except ValueError:
        number = nan
    if not fits(number):
        raise UsageError(f"{name} is {given!r}; set it to {wanted}")
    return number


def _pool(env: Mapping[str, str]) -> Pool:
    usual = Pool()
    return Pool(
        size=_connections("TRIAGE_POOL_SIZE", env, usual.size, 1),
        overflow=_connections("TRIAGE_POOL_OVERFLOW", env, usual.overflow, 0),
        seconds=_number(
            "TRIAGE_POOL_SECONDS",
            env,
            usual.seconds,
            lambda seconds: 0.0 < seconds <= _A_DAY,
            "a number of seconds, such as 30",
        ),
        recycle_minutes=_number(
            "TRIAGE_POOL_RECYCLE_MINUTES",
            env,
            usual.recycle_minutes,
            lambda minutes: 0.0 <= minutes <= _A_WEEK,
            "a number of minutes, such as 30, or 0 for never",
        ),
    )


def _connections(name: str, env: Mapping[str, str], default: int, least: int) -> int:
    given = env.get(name, "").strip()
    fits = not given or (given.isascii() and given.isdecimal())
    if not fits or not least <= int(given or default) <= _MOST_CONNECTIONS:
        raise UsageError(
            f"{name} is {given!r}; set it to a number of connections from {least} to "
            f"{_MOST_CONNECTIONS:,}"
        )
    return int(given or default)


def _log_level(env: Mapping[str, str]) -> LogLevel | None:
    given = env.get("TRIAGE_LOG_LEVEL", "").strip()
    return _one_of("TRIAGE_LOG_LEVEL", env, LogLevel.INFO) if given else None


def _remotes(env: Mapping[str, str]) -> tuple[Remote, ...]:
    given = env.get("TRIAGE_REMOTE", "")
    return read_remotes(Path(given), env) if given else ()


def _statements(env: Mapping[str, str]) -> StatementRules:
    given = env.get("TRIAGE_STATEMENTS", "")
    return read_statement_rules(Path(given)) if given else StatementRules()


def _leads(env: Mapping[str, str]) -> tuple[str, ...]:
    names = _names("TRIAGE_LEADS", env)
    if names and env.get("TRIAGE_SIGN_IN"):
        raise UsageError(
            "TRIAGE_LEADS and TRIAGE_SIGN_IN are both set: where people sign in, their roles say "
            "who leads (triage people list); unset TRIAGE_LEADS"
        )
    return names


def _sign_in(env: Mapping[str, str]) -> SignIn | None:
    given = env.get("TRIAGE_SIGN_IN", "")
    return read_sign_in(Path(given)) if given else None


def _timezone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"TRIAGE_TIMEZONE is {name!r}; use a name like Europe/Berlin") from None


def _models_dir(given: str) -> Path:
    try:
        return Path(given or _MODELS_DIR).expanduser()
    except RuntimeError:
        if not given:
            return Path(_HOMELESS_MODELS_DIR)
        raise UsageError(
            f"TRIAGE_MODELS_DIR is {given!r}, and there is no such home; give the whole path"
        ) from None


def _reviewer(given: str) -> str:
    """Return the name that decisions carry: the one given, else the login name."""
    if given.startswith(NO_PERSONS):
        raise UsageError(
            f"TRIAGE_REVIEWER is {given!r}: names that begin with {' or '.join(NO_PERSONS)} are "
            "those of policies and programs; set it to a person's name"
        )
    try:
        return Reviewer(given or _login()).name
    except ValueError:
        if not given:
            return _NOBODY
        raise UsageError(
            f"TRIAGE_REVIEWER is {given!r}; set it to a name without control characters"
        ) from None


def _login() -> str:
    """Return the login name; empty where the machine knows none."""
    try:
        return getuser()
    except (ImportError, KeyError, OSError):
        return ""
