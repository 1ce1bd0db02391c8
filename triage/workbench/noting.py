"""Which verbs leave a line in the log, and what it tells: every act, whichever edge it came by.

A verb that only looks leaves none, but for those a reviewer waits for, on the level `debug`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from time import monotonic
from typing import Any, TypeVar

from triage.errors import TriageError
from triage.logs import Fields, LogLevel, note

__all__ = ["noting"]

_LOG = logging.getLogger("triage.workbench")
_Class = TypeVar("_Class", bound=type)
_Tell = Callable[[Any], Fields | None]
"""What a verb returned -> what is told of it; None where it did nothing, which leaves no line."""


def noting(facade: _Class) -> _Class:
    """Let the verbs of a façade that the tables here name leave a line each time they are called.

    With how long it took; where one raises, with the error's type and place.
    """
    for table, level in ((_ACTS, LogLevel.INFO), (_LOOKS, LogLevel.DEBUG)):
        for name, tell in table.items():
            setattr(facade, name, _noted(name, getattr(facade, name), tell, level))
    return facade


def _noted(name: str, verb: Callable[..., Any], tell: _Tell, level: LogLevel) -> Callable[..., Any]:
    @wraps(verb)
    def noted(*args: object, **kwargs: object) -> object:
        if kwargs.get("dry_run"):
            return verb(*args, **kwargs)  # it only looks
        began = monotonic()
        try:
            done = verb(*args, **kwargs)
        except TriageError as error:
            note(_LOG, name, level=LogLevel.WARNING, error=error, seconds=_since(began))
            raise
        told = tell(done)
        if told is not None:
            told["seconds"] = _since(began)
            note(_LOG, name, level=level, **told)
        return done

    return noted


def _since(began: float) -> float:
    return round(monotonic() - began, 4)


def _nothing(_done: object) -> Fields:
    return {}


def _comments(done: int) -> Fields:
    return {"comments": done}


def _count(done: int) -> Fields:
    return {"count": done}


def _if_any(done: object) -> Fields | None:
    return None if done is None else {}


def _rows(done: int) -> Fields:
    return {"rows": done}


def _decisions(done: Any) -> Fields:
    told: Fields = {"comments": len(done)}
    if done:
        told["act"] = done[0].batch or done[0].id
    return told


def _decision(done: Any) -> Fields:
    return _decisions([] if done is None else [done])


def _imported(done: Any) -> Fields:
    return {"threads": done.threads, **_received(done)}


def _received(done: Any) -> Fields:
    return {
        "new": done.new,
        "revised": done.revised,
        "unchanged": done.unchanged,
        "problems": len(done.problems),
    }


def _scored(done: Any) -> Fields:
    return {
        "texts": sum(count for _, count in done.scored),
        "left": sum(count for _, count, _ in done.left),
    }


def _rated(done: Any) -> Fields:
    return {"rows": done.rows, "problems": len(done.problems), "left": done.left}


def _many_rated(done: Any) -> Fields:
    return {"rows": done.rated, "problems": done.problem_count, "left": done.left}


def _stated(done: Any) -> Fields:
    return {"rows": done.written, "left": done.left}


def _erased(done: Any) -> Fields:
    return {"comments": done.comments}


def _version(done: Any) -> Fields:
    return {"version": done.version}


def _acted(done: Any) -> Fields:
    return {"comments": done.decided}


def _automated(done: Any) -> Fields:
    policy, acted = done
    return _version(policy) | _acted(acted)


def _backup(done: Any) -> Fields:
    return {"comments": done.comments, "rows": done.rows}


def _token(done: Any) -> Fields:
    return {"client": done.name}


_ACTS: Mapping[str, _Tell] = {
    "import_file": _imported,
    "score": _scored,
    "rate": _rated,
    "rate_many": _many_rated,
    "receive": _received,
    "keep": _received,
    "suggest": _decision,
    "decide": _decisions,
    "decide_batch": _nothing,
    "undo": _decisions,
    "undo_act": _decisions,
    "flag": _nothing,
    "annotate": _nothing,
    "say": _nothing,
    "withdraw": _nothing,
    "withdraw_last": _if_any,
    "have_last_word": _decisions,
    "set_gold": _comments,
    "take_gold_out": _nothing,
    "appeal": _nothing,
    "dismiss_appeals": _comments,
    "assign": _nothing,
    "end_assignment": _nothing,
    "leave_note": _nothing,
    "dismiss_note": _nothing,
    "withdraw_note": _nothing,
    "draw_audit": _nothing,
    "save_policy": _version,
    "save_weights": _version,
    "roll_back": _version,
    "automate": _automated,
    "act": _acted,
    "stop_automatic": _version,
    "undo_automatic": _decisions,
    "save_guidelines": _version,
    "adopt": _nothing,
    "roll_back_learned": _nothing,
    "add_person": _nothing,
    "set_role": _nothing,
    "remove_person": _nothing,
    "release_name": _nothing,
    "create_token": lambda done: _token(done.token),
    "revoke_token": _token,
    "add_webhook": _nothing,
    "switch_webhook": _nothing,
    "remove_webhook": _nothing,
    "retry_dead": _count,
    "let_dead_go": _count,
    "export": _rows,
    "export_dataset": _rows,
    "statements": _stated,
    "write_return": _nothing,
    "remember_return": _nothing,
    "forget_author": _erased,
    "forget_comments": _erased,
    "retain": _erased,
    "use_pseudonyms": _comments,
    "drop_pseudonyms": _comments,
    "back_up": _backup,
    "take_back": _backup,
}
_LOOKS: Mapping[str, _Tell] = {"next_comment": _nothing, "item": _nothing, "entries": _nothing}
