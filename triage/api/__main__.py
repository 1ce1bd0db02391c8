"""`python -m triage.api`, which `triage api` becomes."""

from __future__ import annotations

import argparse
import sys

from triage.api.serving import serve
from triage.errors import TriageError
from triage.settings import Settings

_EXIT_INPUT = 2


def main() -> int:
    """Serve by the settings of the environment; return the exit code."""
    parser = argparse.ArgumentParser(prog="triage api")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--no-auth", action="store_true")
    given = parser.parse_args()
    try:
        serve(
            Settings.from_environment(),
            given.host,
            given.port,
            workers=given.workers,
            no_auth=given.no_auth,
        )
    except TriageError as error:
        sys.stderr.write(f"{error}\n")
        return _EXIT_INPUT
    return 0


if __name__ == "__main__":
    sys.exit(main())
