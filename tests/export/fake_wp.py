#!/usr/bin/env -S python3 -IS
"""A stand-in for WP-CLI: `comment list` and the four verbs, on statuses in a file of JSON.

Like the real one it takes what is as it should be already for an error, and stops there.
"""

import json
import os
import sys
from pathlib import Path

STATUSES = {"approve": "1", "unapprove": "0", "spam": "spam", "trash": "trash"}


def main() -> None:
    place = Path(os.environ["FAKE_WP"])
    site = json.loads(place.read_text())
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    options = dict(word.split("=", 1) for word in sys.argv[1:] if word.startswith("--"))
    site.setdefault("calls", []).append(sys.argv[1:])
    code = 0
    if words[:2] == ["comment", "list"]:
        assert options["--status"] == "any"
        sys.stdout.write("comment_ID,comment_approved\n")
        for name in options["--comment__in"].split(","):
            if name in site["comments"]:
                sys.stdout.write(f"{name},{site['comments'][name]}\n")
    else:
        status = STATUSES[words[1]]
        for name in words[2:]:
            if site["comments"].get(name) in (None, status):
                sys.stderr.write(f"Error: Could not update comment status of {name}.\n")
                code = 1
                break
            site["comments"][name] = status
    place.write_text(json.dumps(site))
    sys.exit(code)


main()
