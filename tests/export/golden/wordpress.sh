#!/bin/sh
# Decisions on their way back to WordPress. Run this where WP-CLI finds the site.
# The site, as its import named it: the one imported without a name.
# Twice is as good as once: what is as it should be stays, and what is gone is passed over.
# What was changed there since it was imported stays, too, and is named.
set -eu

site() {
    wp "$@"
}

become() { # what to do, the status that it leads to, the one it starts from, and which comments
    now=$(site comment list --comment__in="$4" --status=any \
        --fields=comment_ID,comment_approved --format=csv)
    left=$(printf '%s\n' "$now" | awk -F, -v then="$2" -v was="$3" '
        function word(status) {
            return status == "1" ? "approved" : status == "0" ? "pending" : status
        }
        $1 !~ /^[0-9]+$/ { next }
        { is = $2 == "post-trashed" ? "trash" : $2; gone = is == "spam" || is == "trash" }
        is == then { next }
        was == "any" && gone && (then == "spam" || then == "trash") { next }
        was == "any" || is == was { print $1; next }
        { print $1 ": changed there since, to " word(is) "; it stays" | "cat >&2" }')
    # shellcheck disable=SC2086 # they are numbers, and several
    if [ -n "$left" ]; then site comment "$1" $left; fi
}

become approve 1 0 42
become approve 1 spam 43
become unapprove 0 1 46
become spam spam 1 45
become trash trash 1 44
