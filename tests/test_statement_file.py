"""The file that TRIAGE_STATEMENTS names: what it may hold, and how a mistake in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.domain.statement_rules import DEFAULT_RULES, RedressMethod
from triage.domain.statements import Category, Ground, SourceType
from triage.errors import UsageError
from triage.settings import Settings
from triage.statement_file import read_statement_rules

PAGE = Path(__file__).resolve().parent.parent / "docs" / "statements.md"
WHOLE = PAGE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]


def write(folder: Path, text: str) -> Path:
    path = folder / "statements.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_documented_file_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, WHOLE)
    rules = Settings.from_environment({"TRIAGE_STATEMENTS": str(path)}).statements
    assert (rules.language, rules.scope) == ("DE", ("DE", "AT"))
    assert rules.redress.method is RedressMethod.URL
    assert rules.rules["R2"].keywords == ("KEYWORD_CYBER_HARASSMENT",)
    assert rules.rules["R5"].ground is Ground.ILLEGAL
    assert rules.reports is SourceType.ARTICLE_16
    assert rules.allows("Rules")


def test_what_a_table_leaves_out_is_as_it_comes(tmp_path: Path) -> None:
    rules = read_statement_rules(write(tmp_path, "[reason.insult]\ncategory = 'VIOLENCE'"))
    ours = DEFAULT_RULES["insult"]
    assert rules.rules["insult"].category is Category.VIOLENCE
    assert rules.rules["insult"].clause == ours.clause
    assert list(rules.own_texts()) == [], "our words need not be held against anybody's"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("langage = 'EN'", "there is no key 'langage'"),
        ("language = 'english'", "language is not two capital letters"),
        ("language = 'XX'", "ISO 639-1"),
        ("reports = 'user'", "reports must be one of article_16, trusted_flagger, other"),
        ("allowed_names = 'rules'", "allowed_names must be a list"),
        ("territorial_scope = ['US']", "territorial_scope has 'US'"),
        ("territorial_scope = 'DE'", "territorial_scope must be a list"),
        ("[redress]\nmethod = 'fax'", r"\[redress\]: method must be one of none, email, url"),
        ("[redress]\nmethod = 'url'", r"\[redress\]: address is no address"),
        ("[reason]\ninsult = 'no'", r"\[reason.insult\]: is no table"),
        ("[reason.insult]\nclaus = 'x'", r"\[reason.insult\]: there is no key 'claus'"),
        ("[reason.insult]\nground = 'law'", "ground must be one of illegal, incompatible"),
        ("[reason.insult]\nground = 'illegal'", "say under which law in clause"),
        ("[reason.insult]\ncategory = 'SPAM'", "category must be one of ANIMAL_WELFARE"),
        ("[reason.insult]\nkeywords = ['HATE']", "keywords has 'KEYWORD_HATE'"),
        ("[reason.insult]\nillegal = 'no'", "illegal must be true or false"),
        ("[reason.insult]\nexplanation = 'ask ana@example.org'", "explanation holds an e-mail"),
        ("[reason.insult]\nexplanation = ''", "explanation must say something"),
        ("[reason.rude]\nclause = 'x'", "'rude' is neither a label"),
        ("[reason", "is no TOML"),
    ],
)
def test_a_mistake_is_told_with_file_table_and_key(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError, match=says) as caught:
        read_statement_rules(path)
    assert str(caught.value).startswith(f"TRIAGE_STATEMENTS: {path}")
