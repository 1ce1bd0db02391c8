"""The tables: append-only facts, and one read model that always follows from them.

Facts come first: a text is stored once and scores hang on it, an edit is a new revision, a change
of policy a new version, an undo another decision. `standing` says of every comment what follows
from all that at present; `triage.store.standing` keeps it and can rebuild it at any time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from triage.domain.scores import Label
from triage.store.columns import FreeText, Key, Moment

__all__ = [
    "adoptions",
    "answers",
    "appeals",
    "assignments",
    "audit_draws",
    "audits",
    "claims",
    "comments",
    "decisions",
    "dismissals",
    "doubled",
    "erasures",
    "flags",
    "forgotten",
    "gold",
    "guidelines",
    "handover_reads",
    "handovers",
    "learned",
    "links",
    "mentions",
    "metadata",
    "notes",
    "opinions",
    "panels",
    "people",
    "policies",
    "preferences",
    "returned",
    "revisions",
    "saved_views",
    "scorers",
    "scores",
    "secrets",
    "skips",
    "standing",
    "text_bands",
    "texts",
    "threads",
    "tokens",
    "webhook_deliveries",
    "webhooks",
]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _labels() -> list[Column[float]]:
    """One column per label: the set is closed, and a wide row is one lookup."""
    return [Column(label.value, Double) for label in Label]


texts = Table(
    "text",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("text", FreeText, nullable=False),
    Column("length", Integer, nullable=False),
    # Whether it is in the index of near copies; those stored before there was one may not be.
    Column("banded", Boolean, nullable=False, server_default=false()),
    # Of an erased one `text` says so, and `sha256` is random: nobody can try which text it was, and
    # the same text by somebody else is another row.
    Column("erased_at", Moment),
    # Which language it is in, and what said so: package, version and rule. Null until somebody did.
    Column("language", String(16)),
    Column("language_by", String(64)),
    Index(None, "language_by", "language"),
)
Index(
    "ix_text_behind",
    texts.c.pk,
    sqlite_where=text("banded = 0"),
    postgresql_where=text("NOT banded"),
)

# The index of near copies: texts that share a key are probably alike. No foreign key: it follows
# from the texts.
text_bands = Table(
    "text_band",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("text_pk", Key, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

threads = Table(
    "thread",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("id", FreeText, nullable=False, unique=True),
    Column("title", FreeText, nullable=False),
    Column("article", FreeText, nullable=False),
    Column("url", FreeText),
    Column("source", FreeText, nullable=False),
    Column("ids", String(16), nullable=False),
    Column("imported_at", Moment, nullable=False),
)

comments = Table(
    "comment",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("id", FreeText, nullable=False, unique=True),
    Column("thread_pk", Key, ForeignKey("thread.pk"), nullable=False),
    Column("parent_id", FreeText),
    Column("author", FreeText),
    Column("created_at", Moment),
    Column("position", Key, nullable=False),
    Column("number", FreeText),
    Column("state", String(16)),
    # When an import told the state last, of a comment that had been handed back by then.
    Column("state_at", Moment),
    # Where its source finds it: the layout it came in, and the ids that it has there.
    Column("reader", String(32)),
    Column("site_id", FreeText),
    Column("site_revision", FreeText),
    Column("source", FreeText, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("revisions", Integer, nullable=False),
    Column("reach", Key),
    # When its author and its texts were erased; facts and scores stay.
    Column("erased_at", Moment),
    Index(None, "thread_pk", "parent_id", "position"),
    # Of a long name the beginning: PostgreSQL's indexes take no more than 2,700 bytes.
    Index("ix_comment_author", text("substr(author, 1, 200)"), "pk"),
)

revisions = Table(
    "revision",
    metadata,
    Column("comment_pk", Key, ForeignKey("comment.pk"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text_pk", Key, ForeignKey("text.pk"), nullable=False),
    Column("seen_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

scorers = Table(
    "scorer_version",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("key", FreeText, nullable=False),
    Column("version", FreeText, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("description", FreeText, nullable=False),
    Column("details", JSON, nullable=False),
    Column("first_used_at", Moment, nullable=False),
    UniqueConstraint("key", "version"),
)

scores = Table(
    "score",
    metadata,
    Column("text_pk", Key, ForeignKey("text.pk"), primary_key=True),
    Column("scorer_pk", Key, ForeignKey("scorer_version.pk"), primary_key=True),
    *_labels(),
    Column("not_scored", FreeText),
    Column("scored_at", Moment, nullable=False),
    Column("rough", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)

# One row per identity: which ones a scorer knows is its own affair. A text's rows lie beside each
# other under the scorer, so that the rows of one scorer version are read in one sweep.
mentions = Table(
    "mention",
    metadata,
    Column("scorer_pk", Key, primary_key=True),
    Column("text_pk", Key, primary_key=True),
    Column("identity", FreeText, primary_key=True),
    Column("probability", Double, nullable=False),
    ForeignKeyConstraint(["text_pk", "scorer_pk"], ["score.text_pk", "score.scorer_pk"]),
    sqlite_with_rowid=False,
)

panels = Table(
    "panel",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("labels", JSON, nullable=False),
    Column("set_at", Moment, nullable=False),
    # Which languages it reads (`Coverage`). Null for one from before that was kept: any.
    Column("languages", JSON(none_as_null=True)),
)

policies = Table(
    "policy",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("name", FreeText, nullable=False),
    Column("version", Integer, nullable=False),
    Column("thresholds", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", FreeText, nullable=False),
    Column("why", FreeText, nullable=False),
    Column("evidence", JSON(none_as_null=True)),
    # Label -> weight; null where a version from before weights has the usual ones.
    Column("severity", JSON(none_as_null=True)),
    # The ranges in which it decides by itself; null for none.
    Column("automatic", JSON(none_as_null=True)),
    UniqueConstraint("name", "version"),
)

# What was learned from decisions, and which of it is used. What is learned is never altered.
learned = Table(
    "learned",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("key", FreeText, nullable=False),
    Column("version", FreeText, nullable=False),
    Column("base_key", FreeText, nullable=False),
    Column("base_version", FreeText, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("evidence", JSON, nullable=False),
    UniqueConstraint("key", "version"),
)

# The last row of a scorer says what is used: something learned, or without it the scorer as it is.
adoptions = Table(
    "adoption",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("base_key", FreeText, nullable=False),
    Column("learned_pk", Key, ForeignKey("learned.pk")),
    Column("by", FreeText, nullable=False),
    Column("why", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
)

flags = Table(
    "flag",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("comment_pk", Key, ForeignKey("comment.pk"), nullable=False, index=True),
    Column("source", String(16), nullable=False),
    Column("by", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("raised", Boolean, nullable=False),
    Column("note", FreeText, nullable=False),
    # The newest decision of the log at that moment, whichever comment it is about: this puts flags
    # and decisions in one order without trusting clocks.
    Column("after_pk", Key, ForeignKey("decision.pk")),
)

_IN_A_BATCH: dict[str, Any] = {
    "sqlite_where": text("batch IS NOT NULL"),
    "postgresql_where": text("batch IS NOT NULL"),
}
_UNDOES: dict[str, Any] = {
    "sqlite_where": text("undoes_pk IS NOT NULL"),
    "postgresql_where": text("undoes_pk IS NOT NULL"),
}
decisions = Table(
    "decision",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("id", FreeText, nullable=False, unique=True),
    Column("comment_pk", Key, ForeignKey("comment.pk"), nullable=False, index=True),
    Column("text_pk", Key, ForeignKey("text.pk"), nullable=False),
    Column("verdict", String(16)),
    Column("reviewer", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("note", FreeText, nullable=False),
    Column("decided_by", String(16), nullable=False),
    Column("policy", FreeText),
    Column("scorer", FreeText),
    Column("score_visible", Boolean, nullable=False),
    Column("seconds_spent", Double),
    Column("via", FreeText, nullable=False),
    Column("undoes_pk", Key, ForeignKey("decision.pk")),
    Column("batch", FreeText),
    Column("refused", JSON(none_as_null=True)),
    Column("guidelines", FreeText),
    Index(None, "reviewer", "pk"),
    Index(None, "reviewer", "at"),
    Index(None, "text_pk"),
    Index(None, "batch", **_IN_A_BATCH),
    Index(None, "undoes_pk", **_UNDOES),
)

# Somebody objects to a decision, at most once to each. Which one waits follows from the log.
appeals = Table(
    "appeal",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("id", FreeText, nullable=False, unique=True),
    Column("comment_pk", Key, ForeignKey("comment.pk"), nullable=False, index=True),
    Column("decision_pk", Key, ForeignKey("decision.pk"), nullable=False, unique=True),
    Column("text", FreeText, nullable=False),
    Column("by", String(16), nullable=False),
    Column("via", String(16), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("received_by", FreeText, nullable=False),
    Column("external_id", FreeText),
    UniqueConstraint("received_by", "external_id"),
)

answers = Table(
    "appeal_answer",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("appeal_pk", Key, ForeignKey("appeal.pk"), nullable=False, index=True),
    Column("decision_pk", Key, ForeignKey("decision.pk"), nullable=False, unique=True),
    Column("reply", FreeText, nullable=False),
)

# A lead ended an appeal without a second look.
dismissals = Table(
    "appeal_dismissal",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("appeal_pk", Key, ForeignKey("appeal.pk"), nullable=False, unique=True),
    Column("by", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("why", FreeText, nullable=False),
    Column("reply", FreeText, nullable=False),
)

# What was handed back to a comment's source, by one of the ways back: a decision, or the undo of
# one. `before` is what the source was known to say itself at that time, `was` that or what it had
# been told since, and `state` what it was told now.
returned = Table(
    "returned",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("comment_pk", Key, ForeignKey("comment.pk"), nullable=False, index=True),
    Column("way", String(32), nullable=False),
    Column("decision_pk", Key, ForeignKey("decision.pk"), nullable=False),
    Column("before", String(16)),
    Column("was", String(16)),
    Column("state", String(16), nullable=False),
    Column("by", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "way", "comment_pk", "pk"),
)

notes = Table(
    "annotation",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("id", FreeText, nullable=False, unique=True),
    Column("comment_pk", Key, ForeignKey("comment.pk"), nullable=False, index=True),
    Column("text_pk", Key, ForeignKey("text.pk"), nullable=False),
    Column("reviewer", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("confirmed", JSON, nullable=False),
    Column("rejected", JSON, nullable=False),
    Column("spans", JSON, nullable=False),
    Column("note", FreeText, nullable=False),
)

# Which decisions somebody else makes again, unseen; `waiting` until somebody has.
doubled = Table(
    "doubled",
    metadata,
    Column("decision_pk", Key, ForeignKey("decision.pk"), primary_key=True),
    Column("comment_pk", Key, ForeignKey("comment.pk"), nullable=False, index=True),
    Column("reviewer", FreeText, nullable=False),
    Column("waiting", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
Index(
    "ix_doubled_waiting",
    doubled.c.decision_pk,
    sqlite_where=text("waiting = 1"),
    postgresql_where=text("waiting"),
)

gold = Table(
    "gold",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("comment_pk", Key, ForeignKey("comment.pk"), nullable=False, index=True),
    Column("text_pk", Key, ForeignKey("text.pk"), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("by", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("active", Boolean, nullable=False),
)

opinions = Table(
    "opinion",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("id", FreeText, nullable=False, unique=True),
    Column("comment_pk", Key, ForeignKey("comment.pk"), nullable=False, index=True),
    Column("text_pk", Key, ForeignKey("text.pk"), nullable=False),
    Column("kind", String(16), nullable=False),
    # What it is held against: one of the two, as its kind says.
    Column("decision_pk", Key, ForeignKey("decision.pk")),
    Column("gold_pk", Key, ForeignKey("gold.pk")),
    Column("verdict", String(16)),
    Column("reviewer", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("note", FreeText, nullable=False),
    Column("seconds_spent", Double),
    Column("undoes_pk", Key, ForeignKey("opinion.pk")),
    Index(None, "reviewer", "comment_pk"),
)

skips = Table(
    "skip",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("comment_pk", Key, ForeignKey("comment.pk"), nullable=False),
    Column("reviewer", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    # Of a copy that was put off along with what was read: the row of that one. No foreign key:
    # SQLite cannot add one to a table.
    Column("along_pk", Key, index=True),
    Column("taken_back_at", Moment),
    Index(None, "reviewer", "comment_pk", "pk"),
    Index(None, "reviewer", "pk"),
)

# No fact of the review: what has ended is deleted.
claims = Table(
    "claim",
    metadata,
    Column("comment_pk", Key, ForeignKey("comment.pk"), primary_key=True, autoincrement=False),
    Column("reviewer", FreeText, nullable=False),
    Column("until", Moment, nullable=False),
)

guidelines = Table(
    "guideline",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", FreeText, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", FreeText, nullable=False),
    Column("why", FreeText, nullable=False),
)

preferences = Table(
    "preference",
    metadata,
    Column("reviewer", FreeText, primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("value", FreeText, nullable=False),
)

# What must not be guessed, such as the salt of the audit's random numbers.
secrets = Table(
    "secret",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", FreeText, nullable=False),
)

# What an import must not bring back, as keyed digests: names that are forgotten, and comments that
# have no ids at their source.
forgotten = Table(
    "forgotten",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# Who erased how much, and when; never whose it was.
erasures = Table(
    "erasure",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", FreeText, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("counts", JSON, nullable=False),
)

# Of a token's secret the digest alone; a name is free again once its token is revoked.
tokens = Table(
    "token",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", FreeText, nullable=False),
    Column("revoked_at", Moment),
    Column("last_used_at", Moment),
    Index(
        "ix_token_name",
        "name",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
)

# Who may work here, and which account at the provider comes under a name. None is ever deleted: the
# log holds the name. The role is null where the provider's claim gives it.
people = Table(
    "person",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("name", FreeText, nullable=False, unique=True),
    Column("role", String(16)),
    Column("issuer", FreeText),
    Column("subject", FreeText),
    Column("added_at", Moment, nullable=False),
    Column("added_by", FreeText, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", FreeText, nullable=False),
    Column("removed_at", Moment),
    Column("signed_in_at", Moment),
    Column("released_at", Moment),
    UniqueConstraint("issuer", "subject"),
)

# Which part of the queue a lead gave to whom, until it is ended.
assignments = Table(
    "assignment",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("id", FreeText, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("value", FreeText, nullable=False),
    Column("reviewer", FreeText, nullable=False),
    Column("by", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("ended_by", FreeText),
    Column("ended_at", Moment),
    Index(
        None,
        "kind",
        "value",
        "reviewer",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

# What reviewers tell one another about the work: of the whole desk where `kind` is null, else of a
# part of the queue. The text of one that was withdrawn is gone.
handovers = Table(
    "handover",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("id", FreeText, nullable=False, unique=True),
    Column("by", FreeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("kind", String(16)),
    Column("value", FreeText),
    Column("withdrawn_by", FreeText),
    Column("withdrawn_at", Moment),
    Index(None, "at"),
)
handover_reads = Table(
    "handover_read",
    metadata,
    Column("note_pk", Key, ForeignKey("handover.pk"), primary_key=True),
    Column("reviewer", FreeText, primary_key=True),
    Column("at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# The chain over the logs: a link for each of their rows, in the order in which they were committed.
# `salt` keys the seal of the words that may be erased; once they are, `sealed` keeps that instead.
links = Table(
    "chain",
    metadata,
    Column("number", Key, primary_key=True, autoincrement=False),
    Column("log", String(32), nullable=False),
    Column("fact_pk", Key, nullable=False),
    Column("format", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("salt", LargeBinary),
    Column("sealed", LargeBinary),
    UniqueConstraint("log", "fact_pk"),
)

# Who is told of what happens. `told` says of each log up to which row there are deliveries.
webhooks = Table(
    "webhook",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("url", FreeText, nullable=False),
    Column("secret", FreeText, nullable=False),
    Column("events", JSON, nullable=False),
    Column("extras", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", FreeText, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("disabled_why", FreeText, nullable=False),
    Column("told", JSON, nullable=False),
    Column("delivered", Key, nullable=False),
    Column("failed", Key, nullable=False),
    Column("given_up", Key, nullable=False),
    Column("delivered_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment),
    Column("held_until", Moment),
    Column("last_error", FreeText, nullable=False),
)

# A row of a log that somebody is to be told of, from the first try until it is delivered or let go.
# Whoever tries puts `due_at` off, so that nobody else does meanwhile; null once it was given up.
webhook_deliveries = Table(
    "webhook_delivery",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("hook_pk", Key, ForeignKey("webhook.pk"), nullable=False),
    Column("log", String(16), nullable=False),
    Column("fact_pk", Key, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment),
    Column("died_at", Moment),
    Column("error", FreeText, nullable=False),
    UniqueConstraint("hook_pk", "log", "fact_pk"),
    Index(None, "hook_pk", "due_at", "pk"),
    sqlite_autoincrement=True,  # a number that was let go must not come to mean another one
)

audit_draws = Table(
    "audit_draw",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", FreeText, nullable=False),
    Column("expected", Double, nullable=False),
    Column("policy", FreeText),
    Column("scorer", FreeText),
    Column("population", Key, nullable=False),
    Column("drawn", Key, nullable=False),
    # Of what a policy would decide by itself the share that is left to people.
    Column("automatic", Boolean, nullable=False, server_default=false()),
    # On how many comments the policy is still to act, of those that it was agreed to act on.
    Column("due", Key, nullable=False, server_default=text("0")),
)

# A row per comment that a draw could have drawn: its inclusion probability, the greatest it ever
# had, and its permanent random number. `draw_pk` is the draw that drew it, null where none did.
audits = Table(
    "audit",
    metadata,
    Column("comment_pk", Key, ForeignKey("comment.pk"), primary_key=True, autoincrement=False),
    Column("probability", Double, nullable=False),
    Column("number", Double, nullable=False),
    Column("draw_pk", Key, ForeignKey("audit_draw.pk")),
    # The draw of the policy a range of which held it, if any: then it had that one's share, too. No
    # foreign key: SQLite cannot add one to a table.
    Column("range_pk", Key),
    Index(
        None,
        "draw_pk",
        "comment_pk",
        sqlite_where=text("draw_pk IS NOT NULL"),
        postgresql_where=text("draw_pk IS NOT NULL"),
    ),
)

saved_views = Table(
    "saved_view",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("reviewer", FreeText, nullable=False),
    Column("name", FreeText, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("link", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("reviewer", "name"),
)

# No foreign keys: what is derived from the facts need not be checked against them at every update.
standing = Table(
    "standing",
    metadata,
    Column("comment_pk", Key, primary_key=True, autoincrement=False),
    Column("thread_pk", Key, nullable=False),
    Column("text_pk", Key, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    *_labels(),
    Column("not_scored", FreeText),
    # Its text's. `unread` is what no scorer of the panel in force reads the language of.
    Column("language", String(16)),
    Column("unread", Boolean, nullable=False, server_default=false()),
    Column("route", String(16)),
    Column("asked", String(16)),
    Column("flagged", Boolean, nullable=False),
    Column("priority", Double, nullable=False),
    Column("verdict", String(16)),
    Column("decision_pk", Key),
    Column("reopened", Boolean, nullable=False),
    Column("pending", Boolean, nullable=False),
    # Whether a verdict stands by a person who looked. `turn` is number per probability of what an
    # audit drew, null elsewhere.
    Column("looked", Boolean, nullable=False, server_default=false()),
    Column("turn", Double),
    # Where it stands in the queue, if it is flagged: by priority and the time since it came, then
    # key; what an audit drew, beside another one.
    Column("place", Double, nullable=False, server_default=text("0")),
    Column("beside", Key, nullable=False, server_default=text("0")),
    # Whether its scores reach the policy's thresholds for the gravest labels.
    Column("severe", Boolean, nullable=False, server_default=false()),
    # The appeal against the decision that waits for an answer, if any.
    Column("appeal_pk", Key),
)

# Each index holds only the rows it is for: most comments are neither flagged nor decided.
_PENDING: dict[str, Any] = {
    "sqlite_where": text("pending = 1"),
    "postgresql_where": text("pending"),
}
_FLAGGED: dict[str, Any] = {
    "sqlite_where": text("flagged = 1"),
    "postgresql_where": text("flagged"),
}
_WAITING: dict[str, Any] = {
    "sqlite_where": text("pending = 1 AND turn IS NOT NULL"),
    "postgresql_where": text("pending AND turn IS NOT NULL"),
}
_MILDER: dict[str, Any] = {
    "sqlite_where": text("pending = 1 AND severe = 0 AND turn IS NULL"),
    "postgresql_where": text("pending AND NOT severe AND turn IS NULL"),
}
_DRAWN: dict[str, Any] = {
    "sqlite_where": text("turn IS NOT NULL AND flagged = 0"),
    "postgresql_where": text("turn IS NOT NULL AND NOT flagged"),
}
_OPEN: dict[str, Any] = {
    "sqlite_where": text("decision_pk IS NULL AND turn IS NULL"),
    "postgresql_where": text("decision_pk IS NULL AND turn IS NULL"),
}
_DECIDED: dict[str, Any] = {
    "sqlite_where": text("decision_pk IS NOT NULL"),
    "postgresql_where": text("decision_pk IS NOT NULL"),
}
_APPEALED: dict[str, Any] = {
    "sqlite_where": text("appeal_pk IS NOT NULL"),
    "postgresql_where": text("appeal_pk IS NOT NULL"),
}
_UNREAD: dict[str, Any] = {
    "sqlite_where": text("unread = 1"),
    "postgresql_where": text("unread"),
}
_ORDER = (standing.c.place.desc(), standing.c.beside, standing.c.comment_pk)
Index("ix_standing_queue", *_ORDER, **_PENDING)
Index("ix_standing_milder", *_ORDER, **_MILDER)
Index("ix_standing_thread_queue", standing.c.thread_pk, *_ORDER, **_PENDING)
Index("ix_standing_language_queue", standing.c.language, *_ORDER, **_PENDING)
Index("ix_standing_audit", standing.c.turn, standing.c.comment_pk, **_WAITING)
Index("ix_standing_drawn", standing.c.thread_pk, standing.c.comment_pk, **_DRAWN)
Index("ix_standing_flagged", standing.c.thread_pk, standing.c.comment_pk, **_FLAGGED)
Index("ix_standing_decision", standing.c.decision_pk, standing.c.comment_pk, **_DECIDED)
Index("ix_standing_alike", standing.c.text_pk, standing.c.comment_pk, **_OPEN)
Index("ix_standing_unread", standing.c.language, standing.c.comment_pk, **_UNREAD)
Index("ix_standing_appeal", standing.c.appeal_pk, standing.c.comment_pk, **_APPEALED)
