"""What every column of our tables means, and in which unit it is."""

from __future__ import annotations

from triage.domain.scores import Label

__all__ = ["meaning"]

_MEANINGS = {
    "comment_id": "the comment's id; from its source, where that has ids",
    "parent_id": "the id of the comment that it answers; it may not be in the table",
    "thread_id": "the id of the thread, which is what stands under one article",
    "thread_title": "the thread's title",
    "source": "the file or system that the comment was first read from",
    "number": "the number that the source prints beside the comment",
    "author": "the author's name, as the source gives it: personal data",
    "created_at": "when it was written, UTC",
    "reach": "how many people it reached, as far as the source tells: likes, votes or views",
    "state": "what the source says of its moderation: approved, pending, rejected, spam, trash, "
    "deleted; no decision of ours",
    "text_sha256": "SHA-256 of the text in UTF-8, hexadecimal",
    "text": "the comment's text: personal data",
    "revision": "which wording of the comment this is, from 1",
    "verdict": "approve, reject or escalate; empty for none, and for an undo",
    "reasons": "what the verdict was given for: labels and codes of the guidelines, a list",
    "refused": "labels that the scores proposed as reasons and the reviewer refused, a list",
    "note": "what the reviewer noted: it may hold personal data",
    "reviewer": "the name or pseudonym of who decided",
    "decided_by": "person, policy or client",
    "decided_at": "when it was decided, UTC",
    "at": "when it was said, UTC",
    "seconds_spent": "seconds from seeing the comment to the verdict",
    "score_visible": "whether scores were on the screen",
    "via": "where it was decided: review, audit, thread, browse, adjudication, cli, feedback, "
    "batch or group",
    "batch": "what the decisions of one act share",
    "policy": "the policy in force when it was decided, name@version",
    "guidelines": "the guidelines in force when it was decided",
    "scorer": "the scorers whose scores these are, key@version, joined by +",
    "not_scored": "why there is no score",
    "decision_id": "the decision's id",
    "event": "decide or undo",
    "undoes": "the id of the decision that is taken back",
    "route": "what the policy in force at the export proposes: pass, review or hold",
    "flagged": "whether the policy or a person asks for a review, at the export",
    "pending": "whether it waits for a verdict, at the export",
    "drawn_by": "how the comment came to be decided; see the sampling design",
    "inclusion_probability": "the probability, from above 0 to 1, with which the audit sample "
    "holds the comment; empty for what is not in that sample",
    "mentions_by": "the scorer that told which identities a text mentions",
    "spans": "characters that a reviewer marked: start, end (exclusive), label",
    "origin": "annotation or decision",
    "replaced": "whether the same reviewer said something else of this text later",
    "codes": "codes of the guidelines among the reasons",
    "id": "the id of the annotation or decision",
}


def meaning(column: str, *, said: bool = False) -> str:
    """Return what a column means; `said` for tables where labels hold what people say.

    Raises KeyError for a column that no table of ours has.
    """
    if column in list(Label):
        words = Label(column).words
        if said:
            return f"{words}: 1 where a person said so, 0 where one denied it, empty elsewhere"
        return f"score of {words}, from 0 to 1"
    if column.startswith("mentions_") and column != "mentions_by":
        return f"the probability, from 0 to 1, that the text mentions {column[9:]!r}"
    return _MEANINGS[column]
