"""Who may call which verb of the workbench, once people sign in. A verb that is not here: nobody.

The command line, the HTTP API and the dashboard without sign-in work as this machine itself:
whoever may read the database file can do all of it anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from triage.domain.people import Role

__all__ = ["MACHINE", "RIGHTS"]

_REVIEWER_READS = (
    *("item", "entries", "explain", "thread_outline", "thread_course", "author_record"),
    *("look_kind", "others", "recent_acts", "recently", "progress", "severe_seen"),
    *("threads", "count", "page", "deciders", "sources", "reasons", "views"),
    *("score_counts", "batch_tally", "batch_samples", "pick_batch"),
    *("policy", "labels", "guidelines", "guidelines_history", "quality", "appeal_report"),
    *("own_blur", "blur", "own_blind", "blind", "own_milder_after", "milder_after"),
    *("panel_change", "run", "allows", "may_lead", "veils_scores"),
    *("thread_titles", "known_languages", "coverage", "unread"),
    *("own_parts", "part_names", "own_notes", "handover_notes"),
)
_REVIEWER_ACTS = (
    *("next_comment", "following_comment", "previous_comment", "hold", "release"),
    *("decide", "undo", "undo_act", "skip", "unskip", "flag", "annotate", "decide_batch"),
    *("say", "withdraw", "withdraw_last", "appeal"),
    *("leave_note", "dismiss_note"),
    *("set_blur", "set_blind", "set_milder_after", "save_view", "remove_view"),
)
_LEAD = (
    *("save_policy", "checked_policy", "save_tuned", "save_weights", "roll_back"),
    *("preview_policy", "policy_history", "policy_version", "known_of"),
    *("findings", "moving", "slices", "periods", "match", "rivals", "compare", "flipping"),
    *("ranges", "consequences", "automate", "act", "stop_automatic", "undo_automatic"),
    *("learn", "to_rate", "better", "compare_lesson", "adopt", "adoptions", "roll_back_learned"),
    *("save_guidelines", "set_gold", "gold", "take_gold_out", "disagreements", "have_last_word"),
    *("draw_audit", "audits", "appeals", "appealed", "appeals_against", "dismiss_appeals"),
    # What the dashboard imports are files that were dropped on it, never paths that somebody types.
    *("readers", "look_at", "start_run", "stop_run", "wait_for_run", "mentions"),
    *("preview", "export", "export_dataset", "statement_counts", "statement_preview"),
    *("statements", "notice", "authors_named"),
    *("ways_back", "plan_return", "write_return", "remember_return"),
    *("scorers", "chosen", "in_use"),
    *("assign", "assignable", "end_assignment", "assignments", "part_progress", "withdraw_note"),
    *("nobody_automates", "automatic_due", "chain_head"),
)
_ADMIN = (
    *("people", "add_person", "set_role", "remove_person", "release_name"),
    *("tokens", "create_token", "revoke_token"),
    *("webhooks", "add_webhook", "switch_webhook", "remove_webhook", "ping_webhook"),
    *("dead_letters", "retry_dead", "let_dead_go"),
)
MACHINE = (
    # Files and models of this machine: the command line alone.
    *("import_file", "score", "rate", "evaluate", "kept_beside", "tune", "compare_report"),
    *("is_many", "rate_many", "identify", "migrate", "verify", "use_pseudonyms", "drop_pseudonyms"),
    *("back_up", "take_back", "load_samples", "to_fetch", "try_modes", "not_the_database"),
    # What cannot be undone, and ends with words on what no command reaches.
    *("forget_author", "forget_comments", "retain", "erasures"),
    # What programs send over HTTP, each with a token of its own, and what is sent to them.
    *("authorise", "guarded", "receive", "keep", "suggest", "unrated", "settle"),
    *("score_texts", "save_answers", "courier", "tells_anybody"),
    # What others are made of.
    *(
        "admission",
        "automates_only",
        "leads_only",
        "close",
        "store",
        "desk",
        "turns",
        "models",
    ),
)
"""What nobody who is signed in may call, whatever the role."""

RIGHTS: Mapping[str, Role] = MappingProxyType(
    dict.fromkeys((*_REVIEWER_READS, *_REVIEWER_ACTS), Role.REVIEWER)
    | dict.fromkeys(_LEAD, Role.LEAD)
    | dict.fromkeys(_ADMIN, Role.ADMIN)
)
"""Which role each verb takes, at least. In one's own name only, where it takes a name."""
