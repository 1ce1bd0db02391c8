from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from triage.scoring.disguise import spaced_words
from triage.scoring.prepare import Prepared, prepare, strip_invisible
from triage.scoring.quotes import quoted_spans

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)  # lone surrogates too
TRICKY_TEXT = st.text(
    st.sampled_from("fuckashitdmn #*@$!1.0-_>: \n\"“”'/\u200b\u202e\u0301сі[]<>quote"), max_size=80
)


@pytest.mark.parametrize(
    ("masked", "plain"),
    [
        ("f#ck you", "fuck you"),
        ("what a load of sh1t", "what a load of shit"),
        ("you a s s", "you ass"),
        ("f.u.c.k off", "fuck off"),
        ("f*u*c*k", "fuck"),
        ("f***ing idiots", "fucking idiots"),
        ("what a b****", "what a bitch"),
        ("f**k*ng", "fucking"),
        ("FUUUUUCK", "FUCK"),
        ("you a$$", "you ass"),
        ("@sshole", "asshole"),
        ("5h1t", "shit"),
        ("1d10t", "idiot"),
        ("$hit!", "shit!"),
        ("such a m0r0n.", "such a moron."),
        ("you are a f u c k", "you are a fuck"),
        ("you f#cking-idiot", "you fucking-idiot"),
        ("whatso-f**king-ever", "whatso-fucking-ever"),
        ("stupіd", "stupid"),  # a Cyrillic і
        ("ｆｕｃｋ", "fuck"),
        ("𝓲𝓭𝓲𝓸𝓽", "idiot"),
        ("🅵🆄🅲🅺", "fuck"),
        ("fu\u200bck", "fuck"),
        ("f\u0337u\u0337c\u0337k\u0337", "fuck"),
        ("fück", "fuck"),
        ("(sh*t)", "(shit)"),
    ],
)
def test_a_word_in_disguise_is_spelled_out(masked: str, plain: str) -> None:
    assert prepare(masked).text == plain


@pytest.mark.parametrize(
    "clean",
    [
        "A S A P",
        "C3PO and R2-D2",
        "Please assess the class, re-assess the grass",
        "the A55 road, an A** grade, part T17S, GT-R",
        "It costs $455 or 1,000,000 in all, 5-10%",
        "https://example.org/fuuuuck?a=s#it and www.sh1t.example",
        "write to me@ss.example",
        "Morón is a city, Müller a name, naïve a word",
        "сосна и оно, Δt in \N{GREEK SMALL LETTER MU}s, Привет-hello",
        "U.S.A., e.g. this, i.e. that; etc...",
        "x**2 + f(x) in C++, char** p = &q; a[i] != b",
        "**Idiots**, stupid* and *damn* are plain words",
        "0xffffff00 and ffffffff810a1dfe, #FFFFFF",
        ">:( that hurts >_<",
        "1 2 3 4 5 6, a b c d e",
        "你好世界。こんにちは。안녕하세요",
        "नमस्ते दुनिया, می‌خواهم",
        "Scunthorpe, Penistone, cockpit, Dickens, analysis",
        "line one\nline two\n\n\tline three",
    ],
)
def test_clean_text_is_left_alone(clean: str) -> None:
    assert prepare(clean) == Prepared(clean)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("> you are scum\nI disagree.", "I disagree."),
        ("Bob wrote:\n> scum\n> and vermin\n\nNo need for that.", "No need for that."),
        ("On 3 May 2024, Ann said:\n> scum\nNo.", "No."),
        ('@bob wrote: "you scum"\nNo need for that.', "No need for that."),
        ("@bob says: “you scum” and I say no", "and I say no"),
        ("<blockquote class='x'>scum</blockquote> No.", "No."),
        ("[quote=bob]a [quote]b[/quote] c[/quote] No.", "No."),
        ("Right.\n> scum\nWrong.\n> vermin\nEnd.", "Right.\nWrong.\nEnd."),
    ],
)
def test_quoted_text_is_set_apart(text: str, own: str) -> None:
    assert prepare(text).text.strip() == own


@pytest.mark.parametrize(
    "text",
    [
        "> you are scum",
        "> you are scum\n  \u200b\n",
        "[quote]you are scum[/quote]",
        "[quote] you are scum",
        'He is a "genius", they say',
    ],
)
def test_what_is_only_or_not_quite_quoted_is_rated_whole(text: str) -> None:
    assert "scum" in prepare(text).text or "genius" in prepare(text).text


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("kys", "kill yourself"),
        ("just KYS!!", "just kill yourself!!"),
        ('he said "stfu" and left', 'he said "shut the fuck up" and left'),
        ("(gtfo)", "(get the fuck out)"),
        ("kys-now, stfu/gtfo", "kill yourself-now, shut the fuck up/get the fuck out"),
    ],
)
def test_abuse_in_initials_is_spelled_out(said: str, read: str) -> None:
    assert prepare(said).text == read


@pytest.mark.parametrize("clean", ["the Kysuce hills", "SKYS", "Stfufen", "kys2 is a file"])
def test_initials_inside_a_word_are_no_abuse(clean: str) -> None:
    assert prepare(clean).text == clean


def test_drawn_out_words_are_shortened_but_not_codes() -> None:
    assert prepare("sooooooo good, 0xffffffff").text == "sooo good, 0xffffffff"


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    assert prepare("a \ud800 b").text == strip_invisible("a \ud800 b") == "a \ufffd b"


def test_invisible_characters_go_and_emoji_stay_whole() -> None:
    assert strip_invisible("i\u200bd\u00adi\u202eot \x00 👩‍👩‍👧 ❤️") == "idiot  👩‍👩‍👧 ❤️"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("off you go 🖕", "off you go middle finger"),
        ("off you🖕🏿go", "off you middle finger dark skin go"),
        ("💩💩💩", "pile of shit"),
        ("I ❤️ NY", "I red heart NY"),
        ("👩‍👩‍👧 at home", "woman girl at home"),
        ("flags 🇩🇪", "flags d e"),
        ("great!🔥🔥 🔥", "great! fire fire"),
        ("sh💩t🤡 and f🍆ck", "shit clown face and fuck"),
        ("f u c k🔥 this", "fuck fire this"),
        ("this rap🔥 and my hat🧢", "this rap fire and my hat billed cap"),
        ("Chin👀 up, as🔥 ever, dam🌊", "Chin eyes up, as fire ever, dam water wave"),
    ],
)
def test_emoji_are_read_by_their_names(text: str, read: str) -> None:
    assert prepare(text).text == read


@pytest.mark.parametrize("clean", ["my hat* and dam**", "as* noted", "the rap# is on"])
def test_a_footnote_is_no_disguise(clean: str) -> None:
    assert prepare(clean).text == clean


def test_what_stands_beside_a_spaced_word_is_read_too() -> None:
    assert prepare("f u c k\ud800 ok").text == "fuck\ufffd ok"
    assert prepare("f u c k\u200byou").text == "fuckyou"


def test_letters_without_end_are_cut_where_a_tokenizer_would_give_up() -> None:
    prepared = prepare("so " + "fuckyou" * 20 + "!")
    assert max(map(len, prepared.text.split())) <= 51
    assert prepared.text.replace(" ", "") == "so" + "fuckyou" * 20 + "!"
    assert prepare("x" * 50 + "!").text.endswith("xxx!")


def test_an_edit_holds_only_what_changes() -> None:
    text = "lovely people…1d10t bye"
    prepared = prepare(text)
    assert prepared.text == "lovely people...idiot bye"
    start = prepared.text.index("people")
    assert prepared.original_span(start, start + 6) == (7, 13)
    start = prepared.text.index("bye")
    assert prepared.original_span(start, start + 3) == (20, 23)


def test_a_span_leads_back_to_the_original_and_takes_a_replaced_stretch_whole() -> None:
    original = "> a quote\nyou 1d10t, f u c k this 🖕🏿"
    prepared = prepare(original)
    for word, source in (
        ("you", "you"),
        ("idiot", "1d10t"),
        ("fuck", "f u c k"),
        ("this", "this"),
        ("finger dark", "🖕🏿"),
        ("fuck this middle", "f u c k this 🖕🏿"),
    ):
        at = prepared.text.index(word)
        start, end = prepared.original_span(at, at + len(word))
        assert original[start:end] == source


@settings(deadline=None)
@given(st.text(), st.data())
def test_any_span_leads_to_a_span_of_the_original(text: str, data: st.DataObject) -> None:
    prepared = prepare(text)
    if not prepared.text:
        return
    end = data.draw(st.integers(1, len(prepared.text)))
    start = data.draw(st.integers(0, end - 1))
    first, last = prepared.original_span(start, end)
    assert 0 <= first < last <= len(text)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 2), (0, 4)])
def test_a_span_that_is_none_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"runs forward|lies outside"):
        prepare("abc").original_span(start, end)


def test_an_offset_leads_back_to_the_original() -> None:
    original = "> old\nyou sh1t, f u c k this"
    prepared = prepare(original)
    assert prepared.text == "you shit, fuck this"
    for word, source in (("you", "you"), ("shit", "sh1t"), ("fuck", "f u c k"), ("this", "this")):
        assert prepared.original_offset(prepared.text.index(word)) == original.index(source)
    assert prepared.original_offset(len(prepared.text)) == len(original)


def test_an_offset_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        prepare("abc").original_offset(4)


@given(ANY_TEXT | TRICKY_TEXT)
def test_any_string_can_be_prepared_and_its_edits_rebuild_it(text: str) -> None:
    prepared = prepare(text)
    prepared.text.encode("utf-8")  # no surrogate is left for a tokenizer to stumble on
    rebuilt, at = "", 0
    for edit in prepared.edits:
        assert at <= edit.start < edit.end <= len(text)
        rebuilt += text[at : edit.start] + edit.text
        at = edit.end
    assert rebuilt + text[at:] == prepared.text
    offsets = [prepared.original_offset(at) for at in range(len(prepared.text) + 1)]
    assert offsets == sorted(offsets)


@given(TRICKY_TEXT)
def test_a_visible_text_never_becomes_empty(text: str) -> None:
    if strip_invisible(text).strip():
        assert prepare(text).text.strip()


@given(st.text(st.sampled_from("ashitfuck#1*. \t\u200b"), max_size=60))
def test_words_are_prepared_one_by_one_around_those_spelled_with_blanks(text: str) -> None:
    spelled = [*spaced_words(text, 0, len(text))]
    edits = [
        (found.start(), found.end(), prepare(found[0]).text)
        for found in re.finditer(r"\S+", text)
        if not any(found.start() < end and start < found.end() for start, end, _ in spelled)
    ]
    plain = text
    for start, end, word in sorted(edits + spelled, reverse=True):
        plain = plain[:start] + word + plain[end:]
    assert prepare(text).text == plain


@given(st.lists(st.sampled_from("aé\u0301\u0323\u0315\u0344\u0f71\u0f73\u0f74가\u11a8ﬁ")))
def test_a_long_word_is_normalised_as_a_short_one_is(letters: list[str]) -> None:
    word = "".join(letters)
    long = prepare("x-" * 100 + "!" + word + "?" + "-x" * 100).text
    short = prepare("x!" + word + "?x").text
    assert long[200:-200] == short[1:-1]


# Each took seconds to minutes at this length where looking back or ahead was not bounded.
@pytest.mark.parametrize(
    "bait",
    [
        *("x", "!", "@", "* ", "a ", "f*", "f.", "<blockquote>", "> ", "> a\n", "'a", "[quote=a"),
        *("wrote:\n", '@a wrote: "', "a wrote: “x\n", "a s s . ", " ", "\t", "\n", "On "),
        *("\u200d", "\u0300\u0315", "\u0f73", "a\u0300\u0315", "\u200b", "\ud800", "1 ", "аa "),
    ],
)
def test_the_time_a_hostile_text_takes_grows_with_its_length_only(bait: str) -> None:
    text = (bait * 100_000)[:100_000]
    started = time.process_time()
    prepare(text)
    assert time.process_time() - started < 3.0


@pytest.mark.parametrize(
    ("glued", "own"),
    [
        ("[quote]x[/quote]f#ck you", "fuck you"),
        ("<blockquote>x</blockquote>@sshole", "asshole"),
        ("“x” [quote]x[/quote]\u200bidiot", "“x” idiot"),
        ("[quote]x[/quote]!\udc93wn", "!\ufffdwn"),
    ],
)
def test_what_stands_right_behind_a_quotation_is_read_too(glued: str, own: str) -> None:
    assert prepare(glued).text == own


@given(text=TRICKY_TEXT | ANY_TEXT)
def test_own_words_read_the_same_behind_a_quotation(text: str) -> None:
    prepared = prepare(f"[quote]x[/quote]{text}")
    assume(strip_invisible(text).strip() and not quoted_spans(text))
    prepared.text.encode()
    assert prepared.text == prepare(text).text
