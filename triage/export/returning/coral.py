"""Coral: the bodies of requests to its GraphQL interface, one a line.

https://docs.coralproject.net/api has `approveComment` and `rejectComment`. Both name the revision
that was looked at; there is none that makes a comment wait again. A rejection may carry a reason
where the features for the DSA are on; none is sent, since no code of ours means one of Coral's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from triage.domain.comments import Origin, SourceState
from triage.domain.returns import Change
from triage.export.returning.calls import write_call
from triage.export.returning.way import Way

__all__ = ["CORAL"]

_MUTATIONS = {SourceState.APPROVED: "approveComment", SourceState.REJECTED: "rejectComment"}


def _query(mutation: str) -> str:
    kind = mutation[0].upper() + mutation[1:] + "Input"
    answer = "{ comment { id status } clientMutationId }"
    return f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {answer} }}"


def _write(changes: Sequence[Change], to: TextIO, url: str | None) -> None:  # noqa: ARG001 - the loop knows it
    for one in changes:
        origin = one.returnable.origin
        asked = {
            "commentID": origin.id,
            "commentRevisionID": origin.revision,
            "clientMutationId": one.returnable.decision.id,
        }
        query = _query(_MUTATIONS[one.then])
        write_call({"query": query, "variables": {"input": asked}}, to)


def _unfit(origin: Origin) -> str | None:
    if origin.revision is not None:
        return None
    return (
        "it came without the id of its revision, which Coral asks for: import an export that has "
        "the comments' revisions"
    )


CORAL = Way(
    key="coral",
    name="Coral",
    reader="coral",
    suffix=".jsonl",
    how="each line is the body of a POST to /api/graphql, with an administrator's token "
    "(docs/formats.md has the loop)",
    tells=frozenset(_MUTATIONS),
    rejected=SourceState.REJECTED,
    spam=SourceState.REJECTED,
    unfit=_unfit,
    write=_write,
)
