"""Ask whether what the image installs has known vulnerabilities.

    python requirements/audit.py

Runs pip-audit over container.txt. Exit code 1 where something is known. Where the service that
knows cannot be reached, that is said, and the exit code is 0: a machine without a network builds
all the same.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parent / "container.txt"
COMMAND = ("--disable-pip", "--require-hashes", "--format=json", "--progress-spinner=off")


def main() -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", *COMMAND, "--timeout=10", f"--requirement={LOCK}"],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found = json.loads(done.stdout)["dependencies"]
    except ValueError:
        why = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(
            f"Not audited: no answer from the service that knows of vulnerabilities ({why[:200]})"
        )
        return 0
    known = [
        (one["name"], one["version"], fault) for one in found for fault in one.get("vulns", ())
    ]
    for name, version, fault in known:
        fixed = ", ".join(fault["fix_versions"]) or "no version"
        print(f"{name} {version}: {fault['id']}, fixed in {fixed}")
    print(f"{len(found)} packages audited, {len(known)} vulnerabilities known")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
