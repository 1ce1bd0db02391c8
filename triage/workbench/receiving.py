"""Verbs of programs that send comments one by one, and of moderators who decide elsewhere."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from triage.domain.arrivals import Arrival, Received, Suggestion, Unnamed
from triage.domain.comments import Problem, Thread, text_digest
from triage.domain.decisions import Decision
from triage.domain.languages import unread_language
from triage.errors import ConflictError
from triage.intake.arriving import arrived, as_unnamed, nameless_ids, threads_in
from triage.intake.reader import ReadOptions
from triage.review.feedback import feedback_on
from triage.scoring.learned import LearnedScorer
from triage.store import Asked
from triage.workbench.answering import Answering

__all__ = ["Receiving"]

_MANY = 100  # fewer leave what an audit drew at its place in the queue, as single verdicts do


class Receiving(Answering):
    """Comments arrive while the site runs."""

    def receive(self, body: bytes, client: str, *, source: str | None = None) -> Received:
        """Keep the comments in a JSON or JSONL body; the same body twice changes nothing.

        An id that is known with another text is an edit, unless time or author show that it is
        another comment, or it came from another source: `source` is a namespace for ids, for two
        sites that count alike. Rows that cannot be used are reported, the rest is kept.
        `save_answers` gives them scores. Raises ReadError where nothing can be read.
        """
        problems: list[Problem] = []
        options = ReadOptions(timezone=self.settings.timezone, source=source)
        threads = threads_in(body, client, options, problems.append)
        return self._keep(threads, problems)

    def keep(self, arrivals: Iterable[Arrival]) -> Received:
        """Keep comments that clients sent to be rated, where the site stores them; else nothing.

        The same text in the same place is one comment, unless the client's ids say otherwise. One
        without an id that a moderator decided under an id since it was sent is that comment.
        """
        if not self.settings.api_store:
            return Received()
        # Of two texts under one id the later is the one that stands.
        last: dict[str, Thread] = {}
        unnamed: dict[str, Unnamed] = {}
        for arrival in arrivals:
            thread = arrived(arrival)
            name = thread.comments[0].id
            last[name] = thread
            # What was sent again since a verdict is another comment, so the last time counts.
            if (one := as_unnamed(arrival)) is not None:
                unnamed[name] = one
        return self._keep(last.values(), asked=Asked(unnamed))

    def suggest(self, said: Suggestion, client: str) -> Decision | None:
        """Keep what a moderator elsewhere decided, where the site stores it; else return None.

        `client` is the name that the decision carries. An unknown comment is kept first; one that
        was kept without an id gets the one that comes now. Raises ConflictError where the id is
        another comment's here, or that has another text by now.
        """
        if not self.settings.api_store:
            return None
        arrival = said.arrival
        thread, at = arrived(arrival), self._clock()
        (comment,) = thread.comments
        earlier = nameless_ids(arrival)

        def about(comment_id: str) -> Decision:
            return feedback_on(comment_id, comment.text_sha256, said, by=client, at=at)

        # Nobody is to meet a name without its verdict: to say it again below changes nothing.
        named = earlier if arrival.comment_id is not None else ()
        received = self._keep([thread], asked=Asked(said=about(comment.id), nameless=named))
        if received.problems:
            raise ConflictError(received.problems[0].message)
        # What was kept without an id beside a comment that has one already is that text, too.
        same = self.store.arrivals.with_text(earlier, comment.text_sha256)
        ids = dict.fromkeys([*received.ids, *same])
        made = [self.store.decisions.say(about(one)) for one in ids]
        return made[0]

    def unrated(self, comment_ids: Sequence[str]) -> list[str]:
        """Return the texts of these comments that lack scores by a scorer in use, each once."""
        return self.store.arrivals.unrated(comment_ids)

    def settle(self, changed: int) -> None:
        """Do what is done once after so many comments came that the queue is another one."""
        if changed >= _MANY:
            self.store.settle(changed)

    def save_answers(self, texts: Sequence[str]) -> list[str]:
        """Give texts that are kept the scores that `score_texts` gave them lately.

        Returns those that got none: ask again for them, or leave them for the next `score`. Where
        nothing was scored here before, the scorers that answered are in use from now on.
        """
        panel = self._site_panel()
        infos = [scorer.info for scorer in panel.scorers]
        # What is below a learned one is kept beside it, so that the way back is there at once.
        infos += [one.base.info for one in panel.scorers if isinstance(one, LearnedScorer)]
        names = [(info.key, info.version) for info in infos]
        by_digest = {text_digest(text): text for text in texts}
        known = {digest: self._lately.of(digest, names) for digest in by_digest}
        if not self.store.panel.get():
            seats = {label: (i.key, i.version) for label, i in panel.seats.items()}
            self.store.panel.set(seats, self._coverage(panel))
        for place, info in enumerate(infos):
            rows = [
                (digest, said[place])
                for digest, said in known.items()
                if said is not None and unread_language(said[place].not_scored) is None
            ]
            if rows:
                self.store.scores.save(info, rows)
        self._act(list(by_digest))
        return [by_digest[digest] for digest, said in known.items() if said is None]

    def _keep(
        self,
        threads: Iterable[Thread],
        problems: Sequence[Problem] = (),
        asked: Asked = Asked(),  # noqa: B008 - frozen
    ) -> Received:
        """Keep what is the senders' own; a comment of another source's is left as it is.

        What is erased or forgotten here is left out, and told as a problem.
        """
        admission = self.admission()
        given = [admission.admit(one) for one in threads]
        erased = self.store.arrivals.erased([one.id for piece in given for one in piece.comments])
        given = [_without(piece, erased) for piece in given]
        others = self.store.arrivals.of_others(given)
        sent = {one.id: one for piece in given for one in piece.comments}
        same = {name for name in others if sent[name].text_sha256 == others[name][1]}
        refused = [name for name in others if name not in same]
        own = [_without(piece, others) for piece in given]
        placed = self.store.arrivals.placed(
            [piece for piece in own if piece.comments], self._clock()
        )
        saved = self.store.arrivals.save(placed, asked)
        good = (one for one in sent if one not in saved.refused and one not in refused)
        ids = tuple(dict.fromkeys(saved.named.get(one, one) for one in good))
        self._act([one.text_sha256 for one in sent.values()])
        told = [_taken(name, others[name][0]) for name in refused]
        if left_out := admission.left_out + len(erased) + saved.forgotten:
            told.append(_forgotten(given, left_out))
        return Received(
            ids=ids,
            new=saved.new,
            revised=saved.revised,
            unchanged=saved.unchanged + len(same),
            problems=(*problems, *saved.problems, *told),
            unrated=tuple(self.store.arrivals.unrated(ids)),
        )


def _without(piece: Thread, others: Container[str]) -> Thread:
    return piece.with_comments([one for one in piece.comments if one.id not in others])


def _forgotten(given: Sequence[Thread], count: int) -> Problem:
    where = given[0].source or given[0].id
    return Problem(where, None, f"{count} comments are forgotten here, and were not stored")


def _taken(name: str, source: str) -> Problem:
    why = (
        f"comment {name!r} is known with another text and from another source ({source!r}), so it "
        "is another comment under the same id; not stored: give each comment its own id, or name a "
        "source"
    )
    return Problem(source, None, why)
