"""The read model: what follows, of every comment, from the facts, the panel and the policy.

Every write calls one of these in its own transaction, so that no reader sees a fact without its
consequence. All of it can be had again from the facts alone: `rebuild`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Double,
    FromClause,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    union,
    update,
)

from triage.domain.decisions import (
    Decision,
    Flag,
    FlagSource,
    asks_again,
    current_decision,
    looked_at,
    standing_flags,
)
from triage.domain.kindness import severe_from
from triage.domain.languages import Coverage, Others, not_scored_for
from triage.domain.policy import Policy, Route
from triage.domain.scores import Label
from triage.domain.urgency import (
    A_DAY,
    AMPLIFIED_UP_TO,
    APPEALED,
    ASKED_BY_READER,
    ASKED_BY_REVIEWER,
    DECADES,
    UNREADABLE,
)
from triage.store.answers import open_among
from triage.store.columns import Key
from triage.store.erased import ERASED, ERASED_UNDECIDED
from triage.store.reckoning import Days, Decades, Greatest
from triage.store.rows import (
    among,
    batched,
    coverage_in_force,
    decision_of,
    decision_rows,
    flag_of,
    flag_rows,
    panel_in_force,
    policy_in_force,
    scorer_pks,
)
from triage.store.schema import (
    appeals,
    audits,
    comments,
    decisions,
    flags,
    revisions,
    scores,
    standing,
    texts,
)
from triage.store.spreading import AT_THE_END, spread, spread_by_chance

__all__ = [
    "judge",
    "now",
    "rebuild",
    "refresh",
    "refresh_erased",
    "standing_row",
    "waits",
]

_CHUNK = 1_000

_BEFORE_ALL = 1e6
"""Added to the place of what a colleague asks about: more than centuries of waiting add."""

now = standing.alias("now")
"""The read model under the name by which `refresh` takes its condition."""


def standing_row(
    comment_pk: int, thread_pk: int, text_pk: int, language: str | None
) -> dict[str, object]:
    """Return the first row of a comment, before anything is known but its text."""
    return {
        "comment_pk": comment_pk,
        "thread_pk": thread_pk,
        "text_pk": text_pk,
        "language": language,
        "revision": 1,
        "unread": False,
        "flagged": False,
        "priority": 0.0,
        "reopened": False,
        "pending": False,
        "looked": False,
        "severe": False,
        "place": 0.0,
        "beside": comment_pk,
    }


def refresh(connection: Connection, where: ColumnElement[bool] | None = None) -> None:
    """Bring scores, route, flag and priority up to date, for rows of `now` or for all.

    Scores come from the panel in force alone, so two versions of a scorer never mix. A text
    counts as unreadable only where no scorer of the panel gave a score for it.
    """
    policy, coverage = policy_in_force(connection), coverage_in_force(connection)
    limits = severe_from(policy) if policy else {}
    effective = _effective(connection, coverage, where)
    derived = _derived(_proposed(policy, coverage.others, effective), limits)
    values = {name: column for name, column in derived.c.items() if name != "comment_pk"}
    connection.execute(
        update(standing).where(standing.c.comment_pk == derived.c.comment_pk).values(values)
    )


def _effective(
    connection: Connection, coverage: Coverage, where: ColumnElement[bool] | None
) -> Subquery:
    """Select what the panel's scorers say of each comment's current text.

    A scorer has no say where the text is in a language that it does not read, whatever it said
    before anybody knew; where that leaves no scorer, the language is why there is no score. What
    was erased is in no language that anybody could read.
    """
    panel, known = panel_in_force(connection), scorer_pks(connection)
    source: FromClause = now.join(comments, comments.c.pk == now.c.comment_pk)
    source = source.outerjoin(appeals, appeals.c.pk == now.c.appeal_pk)
    by_scorer: dict[int, FromClause] = {}
    given: dict[Label, ColumnElement[Any]] = {}
    erased = comments.c.erased_at.is_not(None)
    gone = and_(erased, now.c.verdict.is_(None))
    for label in Label:
        pk = known.get(panel[label]) if label in panel else None
        if pk is None:
            given[label] = cast(null(), Double)
            continue
        if pk not in by_scorer:
            theirs = by_scorer[pk] = scores.alias(f"scored_{len(by_scorer)}")
            mine = and_(theirs.c.text_pk == now.c.text_pk, theirs.c.scorer_pk == pk, ~gone)
            source = source.outerjoin(theirs, mine)
        said = by_scorer[pk].c[label.value]
        read = _read(coverage, label)
        given[label] = said if read is None else case((read, said), else_=cast(null(), Double))
    bare = and_(*(score.is_(None) for score in given.values()))
    reads = [_read(coverage, label) for label in panel]
    nobody = [~one for one in reads if one is not None]
    unread = and_(~erased, *nobody) if nobody and len(nobody) == len(reads) else false()
    language = literal(not_scored_for("").not_scored, Text) + now.c.language
    said_why = [theirs.c.not_scored for theirs in by_scorer.values()]
    erased_since = case((erased, ERASED), else_=cast(null(), Text))
    reason = case(
        (gone, ERASED_UNDECIDED),
        (unread, language),
        (bare, func.coalesce(*said_why, erased_since, null())),
    )
    statement = select(
        now.c.comment_pk,
        now.c.asked,
        now.c.verdict,
        now.c.reopened,
        now.c.looked,
        now.c.turn,
        now.c.flagged.label("was_flagged"),
        now.c.place.label("was_at"),
        now.c.beside.label("was_beside"),
        now.c.appeal_pk,
        appeals.c.received_at.label("appealed_at"),
        comments.c.reach,
        comments.c.first_seen_at.label("arrived_at"),
        *(score.label(label.value) for label, score in given.items()),
        reason.label("not_scored"),
        erased.label("erased"),
        gone.label("gone"),
        unread.label("unread"),
    ).select_from(source)
    return (statement if where is None else statement.where(where)).subquery("effective")


def _read(coverage: Coverage, label: Label) -> ColumnElement[bool] | None:
    """Return whether the label's scorer reads a comment's language; None where it reads any."""
    codes = coverage.read_by(label)
    if codes is None:
        return None
    return func.coalesce(now.c.language.in_(codes), true())  # what nobody looked at yet is read


def _proposed(policy: Policy | None, others: Others, effective: Subquery) -> Subquery:
    """Select what the policy says of those scores: `Policy.propose` and `Reached.harm` in SQL.

    `others` says whether what no scorer reads is proposed for review, or nothing is.
    """
    reached: dict[Route, list[ColumnElement[bool]]] = {Route.HOLD: [], Route.REVIEW: []}
    harm: list[ColumnElement[float]] = []
    weighed = [(one, policy.weight(one.label)) for one in policy.thresholds] if policy else []
    for threshold, weight in weighed:
        score = effective.c[threshold.label.value]
        over = score >= literal(threshold.at, Double)
        reached[threshold.route].append(over)
        expected = score * _number(weight)
        harm.append(case((over, expected), else_=_number(0.0)))
    left = effective.c.unread if others is Others.LEAVE else false()
    unreadable = and_(effective.c.not_scored.not_in((ERASED, ERASED_UNDECIDED)), ~left)
    scored = or_(*(effective.c[label.value].is_not(None) for label in Label))
    if policy is None:
        route: ColumnElement[Any] = cast(null(), Text)
    else:
        route = case(
            (or_(false(), *reached[Route.HOLD]), Route.HOLD.value),
            (or_(unreadable, *reached[Route.REVIEW]), Route.REVIEW.value),
            (scored, Route.PASS.value),
        )
        harm.append(case((unreadable, _number(UNREADABLE)), else_=_number(0.0)))
    return select(
        effective,
        route.label("route"),
        Greatest(_number(0.0), _number(0.0), *harm).label("harm"),
    ).subquery("proposed")


def _derived(proposed: Subquery, limits: Mapping[Label, float]) -> Subquery:
    """Select the columns of `standing` that follow; severe is what reaches one of the limits."""
    grave = [proposed.c[label.value] >= literal(at, Double) for label, at in limits.items()]
    asked = proposed.c.asked
    least = case(
        (asked == FlagSource.REVIEWER.value, _number(ASKED_BY_REVIEWER)),
        (asked == FlagSource.READER.value, _number(ASKED_BY_READER)),
        else_=_number(0.0),
    )
    by_policy = func.coalesce(proposed.c.route, Route.PASS.value) != Route.PASS.value
    flagged = and_(or_(by_policy, asked.is_not(None)), ~proposed.c.gone)
    decades = Decades(func.coalesce(proposed.c.reach, 0) + 1)
    most = case((decades > DECADES, _number(DECADES)), else_=decades)
    amplified = 1.0 + (AMPLIFIED_UP_TO - 1.0) * most / DECADES
    priority = Greatest(proposed.c.harm, least) * amplified
    first = case((asked == FlagSource.REVIEWER.value, _number(_BEFORE_ALL)), else_=_number(0.0))
    place = priority + first - A_DAY * Days(proposed.c.arrived_at)
    appealed = proposed.c.appeal_pk.is_not(None)
    # A flag from before the decision asks for nothing any more.
    again = case((proposed.c.reopened, first), else_=_number(0.0))
    of_appeal = _number(APPEALED) + again - A_DAY * Days(proposed.c.appealed_at)
    open_ = or_(proposed.c.verdict.is_(None), proposed.c.reopened)
    drawn = proposed.c.turn.is_not(None)
    # What an audit drew keeps the place that it was given, as long as nothing else flags it. Once
    # nothing does any more it has none until it is spread: 0 is the head, for places sink by day.
    # What a range left to people was given one though its scores flag it: beside another comment.
    unflagged = and_(~flagged, ~proposed.c.was_flagged)
    beside_another = or_(
        proposed.c.was_beside != proposed.c.comment_pk, proposed.c.was_at <= _number(AT_THE_END)
    )
    given = or_(unflagged, and_(flagged, proposed.c.was_flagged, beside_another))
    spread = and_(drawn, asked.is_(None), ~appealed, given)
    return select(
        proposed.c.comment_pk,
        *(proposed.c[label.value] for label in Label),
        proposed.c.not_scored,
        proposed.c.unread,
        proposed.c.route,
        flagged.label("flagged"),
        func.coalesce(or_(false(), *grave), false()).label("severe"),
        priority.label("priority"),
        and_(waits(flagged, open_, drawn, proposed.c.looked, appealed), ~proposed.c.erased).label(
            "pending"
        ),
        case(
            (appealed, of_appeal),
            (spread, proposed.c.was_at),
            (flagged, place),
            (drawn, _number(AT_THE_END)),
            else_=_number(0.0),
        ).label("place"),
        case((spread, proposed.c.was_beside), else_=proposed.c.comment_pk).label("beside"),
    ).subquery("derived")


def waits(
    flagged: ColumnElement[bool],
    undecided: ColumnElement[bool],
    drawn: ColumnElement[bool],
    looked: ColumnElement[bool],
    appealed: ColumnElement[bool],
) -> ColumnElement[bool]:
    """Return whether a comment waits.

    It does where it is flagged and open, drawn and not looked at by a person, or appealed.
    """
    return or_(and_(flagged, undecided), and_(drawn, ~looked), appealed)


def _number(value: float) -> ColumnElement[float]:
    return literal(value, Double)


def judge(connection: Connection, comment_pks: Sequence[int]) -> None:
    """Enter what people decided and asked, for those of the comments where anybody ever did.

    The domain says what follows from their log, so that there is one rule and not a second one in
    SQL. `refresh` must come after a flag or an edit: it tells what is flagged at all. What anybody
    ever appealed gets its place here.
    """
    rows: list[dict[str, object]] = []
    logs = _logs(connection, comment_pks)
    appealed = open_among(connection, {pk: _decided(log) for pk, log in logs.items()})
    for comment_pk, log in logs.items():
        keys = {event.id: pk for pk, event in log if isinstance(event, Decision)}
        events = [event for _, event in log]
        made = _decided(log)
        decision = current_decision(made)
        flagging = standing_flags(one for one in events if isinstance(one, Flag))
        asking = {flag.source for flag in flagging}
        reopened = asks_again(events)
        row: dict[str, object] = {
            "of": comment_pk,
            "said": decision and decision.verdict and decision.verdict.value,
            "by": decision and keys[decision.id],
            "who": next((source.value for source in FlagSource if source in asking), None),
            "again": reopened,
            "open": decision is None or reopened,
            "seen": looked_at(made),
            "appeal": appealed.get(comment_pk),
        }
        rows.append(row)
    if not rows:
        return
    values: dict[str, Any] = {
        "verdict": bindparam("said"),
        "decision_pk": bindparam("by"),
        "asked": bindparam("who"),
        "reopened": bindparam("again"),
        "looked": bindparam("seen"),
        "appeal_pk": bindparam("appeal", type_=Key),
        "pending": and_(
            waits(
                standing.c.flagged,
                bindparam("open", type_=Boolean),
                standing.c.turn.is_not(None),
                bindparam("seen", type_=Boolean),
                bindparam("appeal", type_=Key).is_not(None),
            ),
            ~exists().where(
                comments.c.pk == standing.c.comment_pk, comments.c.erased_at.is_not(None)
            ),
        ),
    }
    mine = update(standing).where(standing.c.comment_pk == bindparam("of"))
    connection.execute(mine.values(values), rows)
    if appealed:
        _place(connection, appealed)


def _place(connection: Connection, comment_pks: Iterable[int]) -> None:
    """Give what was appealed its place, and what an audit drew of it one among the others again."""
    mine = among(connection, standing.c.comment_pk, comment_pks)
    refresh(connection, among(connection, now.c.comment_pk, comment_pks))
    drawn = select(standing.c.comment_pk).where(mine, *spread_by_chance())
    if connection.execute(drawn.limit(1)).first() is not None:
        spread(connection)


def _decided(log: Iterable[tuple[int, Decision | Flag]]) -> list[Decision]:
    return [event for _, event in log if isinstance(event, Decision)]


def refresh_erased(connection: Connection, comment_pks: Sequence[int]) -> None:
    """Refresh those of the comments that are erased, after `judge`: they wait for nobody."""
    mine = among(connection, comments.c.pk, comment_pks)
    erased = select(comments.c.pk).where(mine, comments.c.erased_at.is_not(None))
    if gone := connection.execute(erased).scalars().all():
        refresh(connection, among(connection, now.c.comment_pk, gone))


def _logs(
    connection: Connection, comment_pks: Sequence[int]
) -> dict[int, list[tuple[int, Decision | Flag]]]:
    """Return comment key -> decisions about its current text, and flags: keys and facts, in order.

    A flag comes behind the decision that was the newest of all when it was raised.
    """
    found: dict[int, list[tuple[tuple[int, int], int, Decision | Flag]]] = {}
    decided = (
        decision_rows()
        .join(standing, standing.c.comment_pk == decisions.c.comment_pk)
        .where(standing.c.text_pk == decisions.c.text_pk)
        .where(among(connection, decisions.c.comment_pk, comment_pks))
    )
    for row in connection.execute(decided):
        pk = row.decision_pk
        place = ((pk, 0), pk, decision_of(row))
        found.setdefault(row.decision_comment_pk, []).append(place)
    asked = flag_rows().where(among(connection, flags.c.comment_pk, comment_pks))
    for row in connection.execute(asked):
        found.setdefault(row.comment_pk, []).append(
            ((row.after_pk or 0, row.pk), row.pk, flag_of(row))
        )
    return {
        comment_pk: [(pk, event) for _, pk, event in sorted(log, key=itemgetter(0))]
        for comment_pk, log in found.items()
    }


def rebuild(connection: Connection) -> None:
    """Derive the whole read model from the facts."""
    connection.execute(delete(standing))
    turn = audits.c.number / audits.c.probability
    current = (
        select(
            comments.c.pk,
            comments.c.thread_pk,
            revisions.c.text_pk,
            texts.c.language,
            revisions.c.number,
            false(),
            false(),
            _number(0.0),
            false(),
            false(),
            false(),
            turn,
            case((turn.is_not(None), _number(AT_THE_END)), else_=_number(0.0)),
            comments.c.pk,
        )
        .select_from(comments)
        .join(
            revisions,
            and_(
                revisions.c.comment_pk == comments.c.pk, revisions.c.number == comments.c.revisions
            ),
        )
        .join(texts, texts.c.pk == revisions.c.text_pk)
        .outerjoin(
            audits, and_(audits.c.comment_pk == comments.c.pk, audits.c.draw_pk.is_not(None))
        )
    )
    columns = ["comment_pk", "thread_pk", "text_pk", "language", "revision", "unread"]
    columns += ["flagged", "priority", "reopened", "pending", "looked", "turn", "place", "beside"]
    connection.execute(insert(standing).from_select(columns, current))
    people = union(select(decisions.c.comment_pk), select(flags.c.comment_pk))
    for some in batched(connection.execute(people).scalars().all(), _CHUNK):
        judge(connection, some)
    refresh(connection)
    spread(connection)
