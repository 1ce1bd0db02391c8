"""`comments:analyze` and `comments:suggestscore`, answered as Perspective does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from starlette.responses import JSONResponse, Response

from triage.api.callers import client_of
from triage.api.edge import Call
from triage.api.errors import ApiError, invalid
from triage.api.perspective.arriving import arrival_of, suggestion_of
from triage.api.perspective.reading import Analyze, Asked, read_analyze, read_suggest
from triage.api.service import Service
from triage.api.text import Utf16, sentences
from triage.domain.arrivals import Suggestion
from triage.domain.languages import UNKNOWN, Coverage, unread_language
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError

__all__ = ["analyze", "suggest"]


async def analyze(service: Service, call: Call) -> Response:
    """Return the scores of one comment for the attributes that were asked for."""
    request = read_analyze(call.body)
    sent = request.sent
    if request.store:
        service.keeping.admit()
    seats = await service.seats()
    labels = _labels(request, seats)
    spans = sentences(sent.text) if request.spans else []
    until = service.deadline()
    (whole,) = await service.scores([sent.text])
    labels = _read(request, labels, whole, Coverage(_known(seats), service.settings.language))
    if whole.not_scored is not None and not unread_language(whole.not_scored):
        raise _unscored(whole)
    parts = await service.scores(
        [sent.text[a:b] for a, b in spans], beside=whole.language, until=until
    )
    if request.store:
        service.keeping.keep(arrival_of(sent, client_of(call.caller)))
    places = _places(request, spans)
    rated = list(zip(places, parts or [whole], strict=True))
    scores = {
        one.name: _attribute(labels[one.name], one.threshold, whole, rated)
        for one in request.asked
        if one.name in labels
    }
    detected = _detected(whole)
    answer: dict[str, object] = {
        "attributeScores": {name: found for name, found in scores.items() if found},
        "detectedLanguages": detected,
    }
    if languages := list(sent.languages) or detected or _languages(labels.values(), seats):
        answer["languages"] = languages
    if sent.client_token:
        answer["clientToken"] = sent.client_token
    return JSONResponse(answer)


async def suggest(service: Service, call: Call) -> Response:
    """Take what a client says the scores of a comment should be; return its token.

    Where the site stores it (TRIAGE_API_STORE), it is a decision by `client:NAME`, which a person
    outranks; else it is checked and forgotten.
    """
    suggested = read_suggest(call.body)
    client = client_of(call.caller)
    said = suggestion_of(suggested, client)
    if said is not None and service.settings.api_store:
        await service.keeping.to_the_end(_decided(service, said, f"client:{client}"))
    token = suggested.sent.client_token
    return JSONResponse({"clientToken": token} if token else {})


async def _decided(service: Service, said: Suggestion, by: str) -> None:
    """Keep a client's decision, and have its comment rated."""
    try:
        made = await service.off_loop(service.bench.suggest, said, by, but=ConflictError)
    except ConflictError as error:
        raise ApiError(409, str(error)) from None
    if made is not None:
        service.keeping.rate_soon(await service.off_loop(service.bench.unrated, [made.comment_id]))


def _places(request: Analyze, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return each span in UTF-16 code units of the text as it was sent; the whole without any."""
    counted = Utf16(request.source)
    found = [request.plain.source(start, end) for start, end in spans]
    return [
        (counted.at(start), counted.at(end)) for start, end in found or [(0, len(request.source))]
    ]


def _labels(request: Analyze, seats: Mapping[Label, ScorerInfo]) -> dict[str, Label]:
    """Return attribute -> the label that answers for it, as `_seated` does."""
    found: dict[str, Label] = {}
    for one in request.asked:
        try:
            found[one.name] = _seated(one, seats, request.sent.languages)
        except ApiError:
            if not request.drop:
                raise
    return found


def _seated(one: Asked, seats: Mapping[Label, ScorerInfo], languages: Sequence[str]) -> Label:
    """Return the label that answers. Raises ApiError where nobody can, or not in a language.

    A scorer that does not say which languages it knows is asked in any.
    """
    if one.label is None or one.label not in seats:
        raise invalid(f"Unknown requested attribute: {one.name}")
    known = seats[one.label].languages
    if known and not all(_covers(known, language) for language in languages):
        raise _unsupported(one, languages)
    return one.label


def _read(
    request: Analyze, labels: Mapping[str, Label], whole: Scores, coverage: Coverage
) -> dict[str, Label]:
    """Return the attributes whose scorers read the language that the comment looks to be in.

    Raises ApiError for the first one whose scorer does not, unless they are to be dropped. One that
    reads it and has no value could not answer, which is another thing.
    """
    read = {
        name: label
        for name, label in labels.items()
        if label in whole.values or coverage.reads(label, whole.language)
    }
    unread = next((one for one in request.asked if one.name in labels.keys() - read.keys()), None)
    if unread is not None and not request.drop:
        raise _unsupported(unread, [str(whole.language)])
    return read


def _known(seats: Mapping[Label, ScorerInfo]) -> dict[Label, tuple[str, ...]]:
    return {label: info.languages for label, info in seats.items()}


def _unsupported(one: Asked, languages: Sequence[str]) -> ApiError:
    return ApiError(
        400,
        f"Attribute {one.name} does not support request languages: {', '.join(languages)}",
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        details={
            "languageNotSupportedByAttributeError": {
                "detectedLanguages": list(languages),  # those named, or the one it looks to be in
                "attribute": one.name,
            }
        },
    )


def _detected(whole: Scores) -> list[str]:
    """Return the language that the comment looks to be in; none where it is too short to say."""
    return [] if whole.language in (None, UNKNOWN) else [str(whole.language)]


def _covers(known: Sequence[str], language: str) -> bool:
    """Whether a BCP-47 code is one of these languages; `en-GB` is `en`, `hi-Latn` is not `hi`."""
    name, *rest = language.replace("_", "-").lower().split("-")
    return name in known and all(len(part) == 2 or part.isdecimal() for part in rest)


def _languages(labels: Iterable[Label], seats: Mapping[Label, ScorerInfo]) -> list[str]:
    """Return the language that all who answer are made for, if it is one and the same."""
    known = {seats[label].languages for label in labels}
    only = known.pop() if len(known) == 1 else ()
    return list(only) if len(only) == 1 else []


def _attribute(
    label: Label,
    threshold: float,
    whole: Scores,
    rated: Sequence[tuple[tuple[int, int], Scores]],
) -> dict[str, object]:
    """Return an AttributeScores; empty where the whole text scores below the threshold.

    A sentence that the label's scorer does not read, by its language, has no span.
    """
    if label not in whole.values:
        raise ApiError(503, f"there is no score for {label.words}: {whole.gap or 'not scored'}")
    if whole.values[label] < threshold:
        return {}
    spans = [
        {"begin": begin, "end": end, "score": _score(scores.values[label])}
        for (begin, end), scores in rated
        if scores.values.get(label, -1.0) >= threshold
    ]
    return {"spanScores": spans, "summaryScore": _score(whole.values[label])}


def _score(value: float) -> dict[str, object]:
    return {"value": value, "type": "PROBABILITY"}


def _unscored(scores: Scores) -> ApiError:
    if scores.later:
        return ApiError(503, "the scorers cannot answer for now; the log says why")
    return invalid(f"Comment cannot be scored: {scores.not_scored}")
