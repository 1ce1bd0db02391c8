"""Verbs of programs that send comments one by one, and of moderators who decide elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.domain.arrivals import Arrival, Received, Suggestion
from triage.domain.comments import Problem, Thread
from triage.domain.decisions import Decision
from triage.domain.tokens import Token
from triage.errors import ConflictError
from triage.intake.arriving import arrived, nameless_ids, threads_in
from triage.intake.reader import ReadOptions
from triage.review.feedback import take_feedback
from triage.workbench.answering import Answering

__all__ = ["Receiving"]


class Receiving(Answering):
    """Comments arrive while the site runs."""

    def receive(self, body: bytes, client: str, *, source: str | None = None) -> Received:
        """Keep the comments in a JSON or JSONL body; the same body twice changes nothing.

        An id that is known with another text is an edit, unless time, author or source show that
        it is another comment: `source` is a namespace for ids, for two sites that count alike.
        Rows that cannot be used are reported, the rest is kept. `rate_received` gives them scores.
        Raises ReadError where nothing can be read.
        """
        problems: list[Problem] = []
        options = ReadOptions(timezone=self.settings.timezone, source=source)
        threads = threads_in(body, client, options, problems.append)
        received = self._keep(threads, problems)
        self.store.settle(received.new + received.revised)
        return received

    def keep(self, arrivals: Iterable[Arrival]) -> Received:
        """Keep comments that clients sent to be rated, where the site stores them; else nothing.

        The same text in the same place is one comment, unless the client's ids say otherwise.
        """
        if not self.settings.api_store:
            return Received()
        return self._keep([arrived(one) for one in arrivals])

    def suggest(self, said: Suggestion, client: str) -> Decision | None:
        """Keep what a moderator elsewhere decided, where the site stores it; else return None.

        `client` is the name that the decision carries. An unknown comment is kept first; one that
        was kept without an id gets the one that comes now. Raises ConflictError where the id is
        another comment's here.
        """
        if not self.settings.api_store:
            return None
        arrival = said.arrival
        named, at = arrived(arrival), self._clock()
        unnamed = nameless_ids(arrival)
        if arrival.comment_id is not None:
            self.store.arrivals.name(unnamed, named, at)
        received = self._keep([named])
        if received.problems:
            raise ConflictError(received.problems[0].message)
        # What was kept without an id beside a comment that has one already is that text, too.
        twins = self.store.arrivals.with_text(unnamed, named.comments[0].text_sha256)
        about = dict.fromkeys([*received.ids, *twins])
        return [take_feedback(self.store, one, said, client, at) for one in about][0]

    def rate_received(self, texts: Sequence[str]) -> None:
        """Give texts that are kept their scores by the scorers in use; flags follow at once.

        What was answered lately is not scored again. What a scorer could not be asked about for
        now is left for the next `score`.
        """

    def _keep(self, threads: Iterable[Thread], problems: Sequence[Problem] = ()) -> Received:
        placed = self.store.arrivals.placed(threads, self._clock())
        saved = self.store.threads.save(placed)
        sent = dict.fromkeys(comment.id for thread in placed for comment in thread.comments)
        ids = tuple(one for one in sent if one not in saved.refused)
        return Received(
            ids=ids,
            new=saved.new,
            revised=saved.revised,
            unchanged=saved.unchanged,
            problems=(*problems, *saved.problems),
            unrated=tuple(self.store.arrivals.unrated(ids)),
        )
