"""Dashboards that are forked from a process which has the libraries loaded already.

A new interpreter takes seconds to import them, and almost every test here has a server of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn


def start(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
) -> BaseProcess:
    """Start `triage ARGUMENTS` in a folder and return its process; what it prints goes to a log."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["tests.browser.loaded"])
    process = forking.Process(target=_run, args=(arguments, dict(environment), folder, log))
    process.start()
    return process


def _run(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> None:
    with log.open("w") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = environment.get("PYTHONPATH", "").split(os.pathsep)
    os.chdir(folder)
    os.execve = _here  # type: ignore[assignment]  # which would import everything again
    from triage.cli import main

    sys.argv = ["triage", *arguments]
    main()


def _here(_: str, command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Be `python -m streamlit ...` in this very process."""
    from streamlit.web import cli

    assert list(command[1:3]) == ["-m", "streamlit"], "this is what can be here"
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["streamlit", *command[3:]]
    sys.exit(cli.main())
