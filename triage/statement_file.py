"""The file that `TRIAGE_STATEMENTS` names: how reasons are stated. See docs/statements.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from triage.domain.statement_rules import (
    DEFAULT,
    DEFAULT_RULES,
    Redress,
    RedressMethod,
    StatementRule,
    StatementRules,
)
from triage.domain.statements import Category, Ground, SourceType
from triage.errors import UsageError
from triage.toml_file import check_keys, read_toml, table_in

__all__ = ["read_statement_rules"]

_VARIABLE = "TRIAGE_STATEMENTS"
_KEYS = ("language", "territorial_scope", "allowed_names", "reports", "redress", "reason")
_RULE_KEYS = tuple(one.name for one in fields(StatementRule))
_REPORTS = {
    "article_16": SourceType.ARTICLE_16,
    "trusted_flagger": SourceType.TRUSTED_FLAGGER,
    "other": SourceType.OTHER_NOTIFICATION,
}
_GROUNDS = {"illegal": Ground.ILLEGAL, "incompatible": Ground.INCOMPATIBLE}


def read_statement_rules(path: Path) -> StatementRules:
    """Return a site's rules. Raises UsageError that names file, table and key for what is wrong."""
    given = read_toml(_VARIABLE, path, "docs/statements.md")
    place = ""
    try:
        check_keys(given, _KEYS)
        place = "[redress]"
        redress = _redress(table_in(given, "redress"))
        rules: dict[str, StatementRule] = {}
        for reason, table in table_in(given, "reason").items():
            place = f"[reason.{reason}]"
            rules[reason] = _rule(reason, table)
        place = ""
        return StatementRules(
            rules,
            _text(given, "language"),
            _texts(given, "territorial_scope"),
            redress,
            _texts(given, "allowed_names"),
            _reports(_text(given, "reports") or "other"),
        )
    except ValueError as error:
        where = f", {place}" if place else ""
        raise UsageError(f"{_VARIABLE}: {path}{where}: {error}") from None


def _reports(name: str) -> SourceType:
    if name not in _REPORTS:
        raise ValueError(f"reports must be one of {', '.join(_REPORTS)}")
    return _REPORTS[name]


def _rule(reason: str, table: object) -> StatementRule:
    """Return a rule; what its table leaves out is as in the rule that comes with triage."""
    if not isinstance(table, dict):
        raise ValueError("is no table")  # noqa: TRY004 - all of them are told alike
    check_keys(table, _RULE_KEYS)
    given: dict[str, Any] = {
        key: _text(table, key) for key in ("clause", "explanation", "url") if key in table
    }
    if "ground" in table:
        given["ground"] = _GROUNDS.get(_text(table, "ground") or "")
        if given["ground"] is None:
            raise ValueError(f"ground must be one of {', '.join(_GROUNDS)}")
    if "category" in table:
        name = (_text(table, "category") or "").removeprefix("STATEMENT_CATEGORY_")
        if name not in Category.__members__:
            raise ValueError(f"category must be one of {', '.join(Category.__members__)}")
        given["category"] = Category[name]
    if "keywords" in table:
        names = _texts(table, "keywords")
        given["keywords"] = tuple(f"KEYWORD_{one.removeprefix('KEYWORD_')}" for one in names)
    if "illegal" in table:
        if not isinstance(table["illegal"], bool):
            raise ValueError("illegal must be true or false")
        given["illegal"] = table["illegal"]
    if given.get("ground") is Ground.ILLEGAL and not {"clause", "explanation"} <= set(given):
        raise ValueError("ground is illegal: say under which law in clause, and explanation")
    return replace(DEFAULT_RULES.get(reason, DEFAULT_RULES[DEFAULT]), **given)


def _redress(table: Mapping[str, object]) -> Redress:
    check_keys(table, ("method", "address", "text"))
    name = _text(table, "method") or RedressMethod.NONE.value
    if name not in list(RedressMethod):
        raise ValueError(f"method must be one of {', '.join(RedressMethod)}")
    return Redress(
        RedressMethod(name), _text(table, "address") or "", (_text(table, "text") or "").strip()
    )


def _text(table: Mapping[str, object], key: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key} must be a text in quotes")
    return value


def _texts(table: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{key} must be a list of texts")
    return tuple(value)
