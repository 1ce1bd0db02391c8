#!/bin/sh
# Decisions on their way back to WordPress. Run this where WP-CLI finds the site.
# Twice is as good as once: what is as it should be stays, and what is gone is passed over.
set -eu

site() {
    wp "$@"
}

become() { # what to do, the status that it leads to, and to which comments
    now=$(site comment list --comment__in="$3" --status=any \
        --fields=comment_ID,comment_approved --format=csv)
    left=$(printf '%s\n' "$now" |
        awk -F, -v status="$2" '$1 ~ /^[0-9]+$/ && $2 != status { print $1 }')
    # shellcheck disable=SC2086 # they are numbers, and several
    if [ -n "$left" ]; then site comment "$1" $left; fi
}

become approve 1 42,43
become unapprove 0 46
become spam spam 45
become trash trash 44
