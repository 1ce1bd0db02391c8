"""HTML as comment systems store it -> the text that a reader of the site sees.

Tags go, line breaks and quotations stay, and what a link hides is shown. Nothing is interpreted:
what looks like a tag and is none that comment systems let through stays as it was written. The
time is linear in the length, whatever is nested or left open.
"""

from __future__ import annotations

import re
from html import unescape

from triage.files.encoding import clean

__all__ = ["plain_text"]

# Attributes are told apart as HTML tells them: quotes open a value, and nothing else, so that no
# words are hidden in them that a browser shows. An opening bracket ends the search, so that no two
# matches look at the same characters.
_ATTRIBUTES = r"""(?:
    [ \t\n\r\f/]++
    | (?: =[^ \t\n\r\f/<>=]*+ | [^ \t\n\r\f/<>=]++ )
      (?: [ \t\n\r\f]*+ = [ \t\n\r\f]*+
          (?: "[^"<]*+" | '[^'<]*+' | [^ \t\n\r\f<>"'][^ \t\n\r\f<>]*+ )? )?
)*+"""
_TAG = re.compile(
    rf"<!--[^<>]*-->|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{{0,15}})\b(?P<rest>{_ATTRIBUTES})>",
    re.VERBOSE,
)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BLOCK = re.compile(
    "address|article|aside|blockquote|d[dlt]|details|div|fig(caption|ure)|footer|h[1-6]|header|hr|"
    "[ou]l|li|p|pre|section|summary|table|t(body|foot|head)|t[dhr]"
)
_INLINE = re.compile(
    "a|abbr|acronym|b|bd[io]|big|br|center|cite|code|del|em|font|i|img|ins|kbd|mark|q|s|samp|small|"
    "source|span|spoiler|strike|strong|su[bp]|time|tt|u|var|wbr"
)
_PARAGRAPHS = frozenset({"p", "blockquote", "pre"})
_LONGEST_LINK = 500


def plain_text(markup: str) -> str:
    """Return the text of a comment that is stored as HTML; quoted lines begin with `> `."""
    if "<" not in markup:
        return clean(unescape(markup)).strip() if "&" in markup else markup.strip()
    page = _Page()
    at = 0
    for found in _TAG.finditer(markup):
        page.write(unescape(markup[at : found.start()]))
        at = found.end()
        name = (found["name"] or "").lower()
        if _BLOCK.fullmatch(name) or _INLINE.fullmatch(name):
            page.tag(name, found["rest"], end=bool(found["end"]))
        elif name:
            page.write(unescape(found[0]))
    page.write(unescape(markup[at:]))
    return clean(page.text())


class _Page:
    """Lines as they are written, with the depth of quotation of each."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        # Whether the line at hand, and the one before it, hold words: looking again at every tag
        # would cost the square of a long blank line.
        self._worded = self._worded_before = False
        self._depth = 0
        # The address of the open link, and where its words begin: the line, and the part of it.
        self._open: tuple[str, int, int] | None = None

    def write(self, text: str) -> None:
        first, *more = text.split("\n")
        self._put(first)
        for line in more:
            self._break()
            self._put(line)

    def tag(self, name: str, attributes: str, *, end: bool) -> None:
        if name in ("br", "hr"):
            self._break()
        elif name == "img":
            found = _ALT.search(attributes)
            self._put(unescape(found[1] or found[2] or "") if found else "")
        elif name == "a":
            self._link(attributes, end=end)
        elif _BLOCK.fullmatch(name):
            if self._worded:
                self._break()
            if name in _PARAGRAPHS and self._worded_before:
                self._lines.append((self._depth, ""))
                self._worded_before = False
            if name == "blockquote":
                self._depth = max(0, self._depth + (-1 if end else 1))
            elif name == "li" and not end:
                self._put("- ")

    def text(self) -> str:
        """Return all lines; of several blank ones in a row one is left."""
        self._break()
        out: list[str] = []
        for depth, line in self._lines:
            line = line.strip(" \t\r\f")
            if line:
                out.append("> " * min(depth, 5) + line)
            elif out and out[-1]:
                out.append("")
        return "\n".join(out).strip("\n")

    def _put(self, text: str) -> None:
        if text:
            self._line.append(text)
            self._worded = self._worded or not text.isspace()

    def _break(self) -> None:
        self._lines.append((self._depth, "".join(self._line)))
        self._line = []
        self._worded, self._worded_before = False, self._worded

    def _link(self, attributes: str, *, end: bool) -> None:
        """Write the address of a link behind its words, where these do not show it."""
        if not end:
            found = _HREF.search(attributes)
            address = unescape(found[1] or found[2] or found[3] or "") if found else ""
            self._open = (address.strip()[:_LONGEST_LINK], len(self._lines), len(self._line))
        elif self._open is not None:
            address, line, part = self._open
            self._open = None
            words = "".join(self._line[part if line == len(self._lines) else 0 :])
            shown = words.strip().lower().startswith(("http:", "https:", "www.", "@"))
            if address.lower().startswith(("http:", "https:", "//")) and not shown:
                self._put(f" ({address})" if words else address)
