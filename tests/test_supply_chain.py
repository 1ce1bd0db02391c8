"""What the image and CI install: locked by digest, up to date, and free to be shipped."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("container.txt", "build.txt", "ci.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]


def lines(name: str) -> list[str]:
    """Return a lock's requirements, each with its digests, on one line."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    return text.replace("\\\n", " ").splitlines()


def versions(name: str) -> dict[str, list[Version]]:
    """Return the versions that a lock has of each package; several where platforms differ."""
    found: dict[str, list[Version]] = {}
    for line in lines(name):
        package, version = line.split()[0].split("==")
        found.setdefault(canonicalize_name(package), []).append(Version(version))
    return found


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "requirements" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_locked_by_digest_and_no_place_is_named(name: str) -> None:
    assert lines(name)
    for line in lines(name):
        assert re.match(r"[a-z0-9._-]+==\S+ ", line), line
        assert "--hash=sha256:" in line, line
    assert "://" not in (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "--index" not in (ROOT / "requirements" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            "container.txt",
            [*PROJECT["project"]["dependencies"], *EXTRAS["postgres"], *EXTRAS["team"]],
        ),
        # Ray is 260 MB that only its own tests need: they are skipped without it.
        ("ci.txt", [one for name, extra in EXTRAS.items() if name != "ray" for one in extra]),
        ("build.txt", PROJECT["build-system"]["requires"]),
    ],
)
def test_a_lock_has_what_the_project_asks_for(name: str, wanted: list[str]) -> None:
    locked = versions(name)
    for text in wanted:
        requirement = Requirement(text)
        if requirement.name in ("torch", "triage-workbench"):
            continue
        found = locked.get(canonicalize_name(requirement.name), [])
        assert found, f"{text} is not in requirements/{name}: make lock"
        for version in found:
            assert version in requirement.specifier, f"{text}: {version} is locked: make lock"


def test_everything_in_the_image_may_be_shipped_with_apache_2_0_software() -> None:
    licences = script("licences")
    looked_at = 0
    for name in licences.locked(ROOT / "requirements" / "container.txt"):
        try:
            expression = licences.licence(distribution(name))
        except PackageNotFoundError:  # of another platform
            continue
        looked_at += 1
        assert licences.allowed(expression), f"{name}: {expression}"
    assert looked_at > 50


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-3.0-only OR MIT AND ISC", True),
        ("(GPL-3.0-only OR MIT) AND AGPL-3.0-only", False),
        ("(GPL-3.0-only OR MIT) AND (ISC OR AGPL-3.0-only)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("unknown", False),
    ],
)
def test_a_licence_that_leaves_a_choice_may_be_chosen(expression: str, fits: bool) -> None:
    assert script("licences").allowed(expression) is fits
