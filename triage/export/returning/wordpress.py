"""WordPress: a shell script that has WP-CLI change the comments that are as they were known here.

WP-CLI's commands are in https://github.com/wp-cli/entity-command, `src/Comment_Command.php`: they
stop at the first comment that is as it should be already, so the script asks first. What somebody
at the site changed meanwhile is left to them, and named.
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
_ANY = "any"
_HEAD = """\
#!/bin/sh
# Decisions on their way back to WordPress. Run this where WP-CLI finds the site.
# {site}
# Twice is as good as once: what is as it should be stays, and what is gone is passed over.
# What was changed there since it was imported stays, too, and is named.
set -eu

site() {{
    wp{url} "$@"
}}

become() {{ # what to do, the status that it leads to, the one it starts from, and which comments
    now=$(site comment list --comment__in="$4" --status=any \\
        --fields=comment_ID,comment_approved --format=csv)
    left=$(printf '%s\\n' "$now" | awk -F, -v then="$2" -v was="$3" '
        function word(status) {{
            return status == "1" ? "approved" : status == "0" ? "pending" : status
        }}
        $1 !~ /^[0-9]+$/ {{ next }}
        {{ is = $2 == "post-trashed" ? "trash" : $2; gone = is == "spam" || is == "trash" }}
        is == then {{ next }}
        was == "any" && gone && (then == "spam" || then == "trash") {{ next }}
        was == "any" || is == was {{ print $1; next }}
        {{ print $1 ": changed there since, to " word(is) "; it stays" | "cat >&2" }}')
    # shellcheck disable=SC2086 # they are numbers, and several
    if [ -n "$left" ]; then site comment "$1" $left; fi
}}

"""


def _write(changes: Sequence[Change], to: TextIO, url: str | None) -> None:
    address = "" if url is None else f" --url={quote(url)}"
    to.write(_HEAD.format(site=_site(changes), url=address))
    for state, verb in _VERBS.items():
        for was in (*STATUSES.values(), _ANY):
            ids = [
                one.returnable.origin.id
                for one in changes
                if one.then is state and _expected(one.now) == was
            ]
            for start in range(0, len(ids), _AT_ONCE):
                some = ",".join(ids[start : start + _AT_ONCE])
                to.write(f"become {verb} {STATUSES[state]} {was} {some}\n")


def _site(changes: Sequence[Change]) -> str:
    """Say in one printable line which site the script is for."""
    names = sorted({one.returnable.namespace for one in changes})
    told = ", ".join(ascii(name) if name else "the one imported without a name" for name in names)
    return f"The site, as its import named it: {told}."


def _expected(now: SourceState | None) -> str:
    """Return the status that a comment has at the site, as far as it is known here."""
    return _ANY if now is None else STATUSES.get(now, _ANY)


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
