"""The words of a comment in HTML, and where each stood; linear in its length, whatever it holds.

The standard library's parser is quadratic on tags that never end (six seconds for 20 KB). This one
only leaves out: nothing of what it returns is ever used as HTML.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from html import unescape

__all__ = ["Plain", "plain_text", "words_of"]

# A tag as HTML's tokenizer reads it (html.spec.whatwg.org, 13.2.5): a quote opens a value after a
# name and "=", and nowhere else. A value whose quote never closes is read as none.
_TAG = re.compile(r"<(/?)([a-zA-Z][^ \t\n\f\r/>]*+)")
_REST = re.compile(
    r"""(?: [/ \t\n\f\r]++
          | [^/ \t\n\f\r>] [^/ \t\n\f\r>=]*+           # a name, which may begin with "="
            (?: [ \t\n\f\r]*+ = [ \t\n\f\r]*+
                (?: "[^"]*" | '[^']*' | [^ \t\n\f\r>"'] [^ \t\n\f\r>]*+ )?
            )?
        )*+ >""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"&#(?:0*([0-9]+)|([xX])0*([0-9a-fA-F]+));?")
_NAME = re.compile(r"&[a-zA-Z][a-zA-Z0-9]{1,31};?")
_MOST_DIGITS = 7  # no character has more
_TOKEN = re.compile(r"<(?=[/!?a-zA-Z])|&(?=[#a-zA-Z])")
_COMMENT_END = re.compile("--!?>")
_UNSEEN = frozenset({"script", "style", "template", "title"})
_LINES = frozenset(
    {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"}
    | {"section", "table", "td", "th", "tr", "ul"}
)


@dataclass(frozen=True, slots=True)
class Plain:
    """The words, and from which place in the source each piece of them comes.

    A piece is (start in the words, start in the source, end in the source, whether each of its
    characters stands for one of the source).
    """

    text: str
    pieces: tuple[tuple[int, int, int, bool], ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the [start, end) of the source that characters of the words stand for."""
        return self._place(start, last=False), self._place(end - 1, last=True)

    def _place(self, at: int, *, last: bool) -> int:
        begin, first, end, literal = self.pieces[
            bisect_right(self.pieces, at, key=lambda piece: piece[0]) - 1
        ]
        if literal:
            return first + at - begin + last
        return end if last else first


def plain_text(text: str) -> Plain:
    """Return a text that is no HTML as it is."""
    return Plain(text, ((0, 0, len(text), True),))


def words_of(source: str) -> Plain:
    """Return what a reader of some HTML sees: no tags, comments and scripts, entities resolved."""
    reader = _Reader(source)
    reader.read()
    return Plain("".join(reader.words), tuple(reader.pieces))


class _Reader:
    def __init__(self, source: str) -> None:
        self.words: list[str] = []
        self.pieces: list[tuple[int, int, int, bool]] = []
        self._source = source
        self._length = 0
        self._quotes_end = True  # until one is found that does not

    def read(self) -> None:
        at = 0
        while found := _TOKEN.search(self._source, at):
            self._add(self._source[at : found.start()], at, found.start(), literal=True)
            at = found.start()
            at = self._entity(at) if found[0] == "&" else self._tag(at)
        self._add(self._source[at:], at, len(self._source), literal=True)

    def _add(self, words: str, start: int, end: int, *, literal: bool) -> None:
        if words:
            self.words.append(words)
            self.pieces.append((self._length, start, end, literal))
            self._length += len(words)

    def _entity(self, at: int) -> int:
        number = _NUMBER.match(self._source, at)
        found = number or _NAME.match(self._source, at)
        end = found.end() if found else at + 1
        if number:
            digits = number[1] or number[3]
            code = f"&#{number[2] or ''}{digits};"
            self._add(
                unescape(code) if len(digits) <= _MOST_DIGITS else "\ufffd", at, end, literal=False
            )
        else:
            self._add(unescape(self._source[at:end]), at, end, literal=False)
        return end

    def _tag(self, at: int) -> int:
        """Leave a tag out, or a comment; return where it ends. One that never does is words."""
        source = self._source
        if source.startswith("<!--", at):
            over = _COMMENT_END.search(source, at + 2)  # "<!-->" is a whole one
            return over.end() if over else len(source)
        found = _TAG.match(source, at)
        # What is neither a tag nor a comment is taken for one, up to the first ">".
        end = self._tag_end(found.end()) if found else source.find(">", at) + 1
        if not end:
            self._add(source[at:], at, len(source), literal=True)
            return len(source)
        if found is None:
            return end
        name = found[2].lower()
        if name in _LINES:
            self._add("\n", at, end, literal=False)
        if name in _UNSEEN and not found[1]:
            close = re.compile(f"</{name}", re.IGNORECASE).search(source, end)
            return len(source) if close is None else close.start()
        return end

    def _tag_end(self, at: int) -> int:
        """Return where a tag ends whose attributes begin at a place; 0 where it does not end."""
        if self._quotes_end:
            found = _REST.match(self._source, at)
            if found:
                return found.end()
            self._quotes_end = False  # from here on too: once is enough, or it were quadratic
        return self._source.find(">", at) + 1
