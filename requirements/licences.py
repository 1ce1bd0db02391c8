"""List the licences of what the image installs, and say which do not go with Apache-2.0.

    python requirements/licences.py [LOCK]

Reads the metadata of the packages in this environment that LOCK names (default: container.txt).
Exit code 1 where one is under terms that nobody looked at yet, or that Apache-2.0 software must not
be shipped with.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

HERE = Path(__file__).parent
ALLOWED = frozenset({
    # Permissive: https://www.apache.org/legal/resolved.html, category A
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "HPND", "ISC", "MIT",
    "MIT-0", "MIT-CMU", "PSF-2.0", "Unlicense", "Zlib", "BSL-1.0", "CC0-1.0",
    # May be shipped unchanged, as the packages are that pip installs: category B, and a library
    # that whoever gets it can replace by another build of it.
    "MPL-2.0", "LGPL-3.0-only", "LGPL-3.0-or-later",
})  # fmt: skip
CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}
WORDS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "mit license": "MIT",
    "the mit license (mit)": "MIT",
}


def locked(lock: Path) -> list[str]:
    """Return the names of the packages that a lock has for any platform."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return sorted(set(names))


def licence(found: Distribution) -> str:
    """Return a package's licence as an SPDX expression, or what it says if that is none."""
    told = found.metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    classified = [CLASSIFIERS[one] for one in told.get_all("Classifier", []) if one in CLASSIFIERS]
    if classified:
        return " AND ".join(classified)
    said = str(told.get("License", "")).strip()
    return WORDS.get(said.lower(), said.partition("\n")[0][:60] or "unknown")


def allowed(expression: str) -> bool:
    """Say whether an SPDX expression can be met with what is allowed: AND binds before OR."""
    while found := re.search(r"\(([^()]*)\)", expression):
        met = "MIT" if allowed(found[1]) else "unknown"
        expression = expression[: found.start()] + met + expression[found.end() :]
    return any(
        all(one.split(" WITH ")[0].strip() in ALLOWED for one in either.split(" AND "))
        for either in expression.split(" OR ")
    )


def main() -> int:
    lock = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "container.txt"
    refused = 0
    for name in locked(lock):
        try:
            expression = licence(distribution(name))
        except PackageNotFoundError:
            print(f"{name:28} not installed here")
            continue
        fits = allowed(expression)
        refused += not fits
        print(
            f"{name:28} {expression}{'' if fits else '   <- not among those that were looked at'}"
        )
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
