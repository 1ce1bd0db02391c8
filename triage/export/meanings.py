"""What every column of our tables means, and in which unit it is."""

from __future__ import annotations

from triage.domain.scores import Label
from triage.export.tables import Export

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
    "language": "the language that the text was taken to be in, as a code of ISO 639; und where it "
    "is too short to say, empty where nobody looked",
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
    "via": "where it was decided: review, audit, thread, browse, adjudication, appeal, cli, "
    "feedback, batch, group or rule",
    "batch": "what the decisions of one act share",
    "policy": "the policy in force when it was decided, name@version",
    "guidelines": "the guidelines in force when it was decided",
    "scorer": "the scorers whose scores these are, key@version, joined by +",
    "not_scored": "why there is no score: language, with its code, where no scorer in use reads it",
    "decision_id": "the decision's id",
    "chain_head": "the SHA-256 in which the chain over the log ended with this decision: "
    "`triage verify --head` says whether it is still on it",
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
_OF_APPEALS = {
    "appeal_id": "the appeal's id",
    "external_id": "the id that the site gave the appeal",
    "comment_id": "the id of the comment whose decision is appealed against",
    "decision_id": "the id of the decision appealed against",
    "verdict": "what was decided first: approve or reject",
    "reasons": "what it was decided for: labels and codes of the guidelines, a list",
    "reviewer": "the name or pseudonym of who decided first",
    "decided_at": "when it was decided first, UTC",
    "score_label": "the label it was decided upon: of the reasons, else of all labels, the one "
    "with the highest score",
    "score": "that label's score as the first decider had it, from 0 to 1",
    "score_band": "the fifth of the scale that the score lies in",
    "appealed_by": "who objects: author, other or unknown",
    "via": "how the appeal came in: api, hand or cli",
    "received_by": "the name of who or what took the appeal in",
    "received_at": "when the appeal came in, UTC",
    "appeal_text": "what was objected: it may hold personal data",
    "status": "what became of it: open, overturned, upheld, lapsed_edited or lapsed_undone",
    "outcome": "overturned or upheld; empty where nobody answered",
    "reply": "what was answered: it may hold personal data",
    "dismissed_by": "the lead who ended the appeal without a second look",
    "dismissed_at": "when that was",
    "dismissed_why": "why: it may hold personal data",
    "answered_by": "the name or pseudonym of who answered",
    "answered_at": "when it was answered, UTC",
    "answer_decision_id": "the id of the decision that answers it",
    "days_open": "days from the appeal to its answer; empty where there is none",
}
"""What columns of the table of appeals mean, where decisions have the same name for something."""


def meaning(column: str, what: Export) -> str:
    """Return what a column of a table means.

    Raises KeyError for a column that no table of ours has.
    """
    if column in list(Label):
        words = Label(column).words
        if what is Export.ANNOTATIONS:
            return f"{words}: 1 where a person said so, 0 where one denied it, empty elsewhere"
        return f"score of {words}, from 0 to 1"
    if column.startswith("mentions_") and column != "mentions_by":
        return f"the probability, from 0 to 1, that the text mentions {column[9:]!r}"
    if what is Export.APPEALS and column in _OF_APPEALS:
        return _OF_APPEALS[column]
    return _MEANINGS[column]
