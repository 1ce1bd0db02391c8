"""WordPress: a shell script that has WP-CLI change the comments that are not yet as decided.

WP-CLI's commands are in https://github.com/wp-cli/entity-command, `src/Comment_Command.php`: they
stop at the first comment that is as it should be already, so the script asks first.
"""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote
from typing import TextIO

from triage.domain.comments import SourceState
from triage.domain.returns import Change
from triage.export.returning.way import Way, not_digits
from triage.files.wxr import STATUSES

__all__ = ["WORDPRESS"]

_AT_ONCE = 50
_VERBS = {
    SourceState.APPROVED: "approve",
    SourceState.PENDING: "unapprove",
    SourceState.SPAM: "spam",
    SourceState.TRASH: "trash",
}
_HEAD = """\
#!/bin/sh
# Decisions on their way back to WordPress. Run this where WP-CLI finds the site.
# Twice is as good as once: what is as it should be stays, and what is gone is passed over.
set -eu

site() {{
    wp{url} "$@"
}}

become() {{ # what to do, the status that it leads to, and to which comments
    now=$(site comment list --comment__in="$3" --status=any \\
        --fields=comment_ID,comment_approved --format=csv)
    left=$(printf '%s\\n' "$now" |
        awk -F, -v status="$2" '$1 ~ /^[0-9]+$/ && $2 != status {{ print $1 }}')
    # shellcheck disable=SC2086 # they are numbers, and several
    if [ -n "$left" ]; then site comment "$1" $left; fi
}}

"""


def _write(changes: Sequence[Change], to: TextIO, url: str | None) -> None:
    to.write(_HEAD.format(url="" if url is None else f" --url={quote(url)}"))
    for state, verb in _VERBS.items():
        ids = [one.returnable.origin.id for one in changes if one.then is state]
        for start in range(0, len(ids), _AT_ONCE):
            some = ",".join(ids[start : start + _AT_ONCE])
            to.write(f"become {verb} {STATUSES[state]} {some}\n")


WORDPRESS = Way(
    key="wordpress",
    name="WordPress",
    reader="wxr",
    suffix=".sh",
    how="sh FILE, in the site's folder, where WP-CLI is installed",
    tells=frozenset(_VERBS),
    rejected=SourceState.TRASH,
    spam=SourceState.SPAM,
    unfit=not_digits,
    write=_write,
    takes_url=True,
)
