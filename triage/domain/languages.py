"""Languages of texts, and which of them the scorers in use read.

A language is a code of ISO 639-1, or of 639-3 where that has none: `en`, `gom`. Kikuyu alone is
`kik`, as the identifier has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from triage.domain.scores import Label, Scores

__all__ = [
    "UNKNOWN",
    "Coverage",
    "Identifier",
    "Others",
    "is_code",
    "not_scored_for",
    "shorter",
    "tally",
    "unread_language",
    "words",
]

UNKNOWN = "und"
"""The language of a text that is too short, or too much of a mixture, to say (ISO 639-2)."""

_UNREAD = "language: "
_NAMES = dict(
    pair.split(" ", 1)
    for pair in """
af Afrikaans, am Amharic, ar Arabic, ary Moroccan Arabic, arz Egyptian Arabic, as Assamese, az
Azerbaijani, be Belarusian, bg Bulgarian, bn Bengali, br Breton, bs Bosnian, ca Catalan, cs
Czech, cy Welsh, da Danish, de German, el Greek, en English, eo Esperanto, es Spanish, et
Estonian, eu Basque, fa Persian, fi Finnish, fr French, fy Frisian, ga Irish, gd Scottish
Gaelic, gl Galician, gu Gujarati, ha Hausa, he Hebrew, hi Hindi, hr Croatian, ht Haitian Creole,
hu Hungarian, hy Armenian, id Indonesian, ig Igbo, is Icelandic, it Italian, ja Japanese, jv
Javanese, ka Georgian, kk Kazakh, km Khmer, kn Kannada, ko Korean, ku Kurdish, ky Kyrgyz, la
Latin, lb Luxembourgish, lo Lao, lt Lithuanian, lv Latvian, mg Malagasy, mk Macedonian, ml
Malayalam, mn Mongolian, mr Marathi, ms Malay, mt Maltese, my Burmese, ne Nepali, nl Dutch, nn
Norwegian Nynorsk, no Norwegian, oc Occitan, pa Punjabi, pl Polish, ps Pashto, pt Portuguese, ro
Romanian, ru Russian, rw Kinyarwanda, si Sinhala, sk Slovak, sl Slovene, so Somali, sq Albanian,
sr Serbian, sv Swedish, sw Swahili, ta Tamil, te Telugu, tg Tajik, th Thai, tl Tagalog, tr
Turkish, ug Uyghur, uk Ukrainian, ur Urdu, uz Uzbek, vi Vietnamese, wuu Wu Chinese, xh Xhosa, yo
Yoruba, yue Cantonese, zh Chinese, zu Zulu
""".strip()
    .replace("\n", " ")
    .split(", ")
) | {UNKNOWN: "unknown language"}

_SHORTER = {
    three: two
    for two, *threes in map(
        str.split,
        """
aa aar, ab abk, ae ave, af afr, ak aka, am amh, an arg, ar ara, as asm, av ava, ay aym, az aze, ba
bak, be bel, bg bul, bh bih, bi bis, bm bam, bn ben, bo bod tib, br bre, bs bos, ca cat, ce che,
ch cha, co cos, cr cre, cs ces cze, cu chu, cv chv, cy cym wel, da dan, de deu ger, dv div, dz
dzo, ee ewe, el ell gre, en eng, eo epo, es spa, et est, eu eus baq, fa fas per, ff ful, fi fin,
fj fij, fo fao, fr fra fre, fy fry, ga gle, gd gla, gl glg, gn grn, gu guj, gv glv, ha hau, he
heb, hi hin, ho hmo, hr hrv, ht hat, hu hun, hy hye arm, hz her, ia ina, id ind, ie ile, ig ibo,
ii iii, ik ipk, io ido, is isl ice, it ita, iu iku, ja jpn, jv jav, ka kat geo, kg kon, kj kua, kk
kaz, kl kal, km khm, kn kan, ko kor, kr kau, ks kas, ku kur, kv kom, kw cor, ky kir, la lat, lb
ltz, lg lug, li lim, ln lin, lo lao, lt lit, lu lub, lv lav, mg mlg, mh mah, mi mri mao, mk mkd
mac, ml mal, mn mon, mr mar, ms msa may, mt mlt, my mya bur, na nau, nb nob, nd nde, ne nep, ng
ndo, nl nld dut, nn nno, no nor, nr nbl, nv nav, ny nya, oc oci, oj oji, om orm, or ori, os oss,
pa pan, pi pli, pl pol, ps pus, pt por, qu que, rm roh, rn run, ro ron rum, ru rus, rw kin, sa
san, sc srd, sd snd, se sme, sg sag, si sin, sk slk slo, sl slv, sm smo, sn sna, so som, sq sqi
alb, sr srp, ss ssw, st sot, su sun, sv swe, sw swa, ta tam, te tel, tg tgk, th tha, ti tir, tk
tuk, tl tgl, tn tsn, to ton, tr tur, ts tso, tt tat, tw twi, ty tah, ug uig, uk ukr, ur urd, uz
uzb, ve ven, vi vie, vo vol, wa wln, wo wol, xh xho, yi yid, yo yor, za zha, zh zho chi, zu zul
""".strip()
        .replace("\n", " ")
        .split(", "),
    )
    for three in threes
}
"""Code of three letters -> that of two, where there is one (ISO 639-2); no `kik`: see above."""


class Identifier(Protocol):
    """Tells the language of texts; `version` differs where its answers may."""

    @property
    def version(self) -> str:
        """What is stored beside its answers."""
        ...

    def identify(self, texts: Sequence[str]) -> list[str]:
        """Return one language per text, in order; `UNKNOWN` where it cannot be told."""
        ...


class Others(StrEnum):
    """What becomes of a comment whose language no scorer in use reads."""

    REVIEW = "review"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which languages the scorer of each label reads; a label that is not named reads any.

    A text whose language is unknown is taken to be in `unknown_as`, the site's own. `others` says
    whether what no scorer reads is sent to review. It is kept beside the panel in force, so that
    what follows from it can be derived at any time.
    """

    by_label: Mapping[Label, tuple[str, ...]] = field(default_factory=dict)
    unknown_as: str = "en"
    others: Others = Others.REVIEW

    def __post_init__(self) -> None:
        named = {label: tuple(codes) for label, codes in self.by_label.items() if codes}
        object.__setattr__(self, "by_label", MappingProxyType(named))

    def read_by(self, label: Label) -> tuple[str, ...] | None:
        """Return what a text's language must be one of for the label's scorer; None for any."""
        codes = self.by_label.get(label)
        return None if codes is None else readable(codes, self.unknown_as)

    def reads(self, label: Label, language: str | None) -> bool:
        """Whether the label's scorer reads a language; None is one that nobody looked at yet."""
        codes = self.read_by(label)
        return codes is None or language is None or language in codes


def readable(codes: Sequence[str], unknown_as: str | None) -> tuple[str, ...]:
    """Return the languages that a scorer made for these is asked about: unknown may be one.

    It is where it is taken for one of these, and where nobody says what it is taken for.
    """
    return (*codes, UNKNOWN) if unknown_as is None or unknown_as in codes else tuple(codes)


def not_scored_for(language: str) -> Scores:
    """Return what a scorer says of a text in a language that it does not read: no number."""
    return Scores(not_scored=f"{_UNREAD}{language}")


def unread_language(not_scored: str | None) -> str | None:
    """Return the language that a text was not scored for; None where that is not the reason."""
    if not_scored is None or not not_scored.startswith(_UNREAD):
        return None
    code, *_others = not_scored.removeprefix(_UNREAD).split(";")  # `Scores.gap` may have several
    return code


def is_code(language: str) -> bool:
    """Whether something looks like a code of a language."""
    return (
        2 <= len(language) <= 3 and language.isascii() and language.isalpha() and language.islower()
    )


def shorter(language: str) -> str | None:
    """Return the code of two letters by which one of three is known here, if there is one."""
    return _SHORTER.get(language)


def words(language: str) -> str:
    """Return a language as a person reads it; its code where we have no name for it."""
    return _NAMES.get(language, language)


def tally(counts: Iterable[tuple[str, int]]) -> str:
    """Return counts by language in words: `French 12, German 3`."""
    return ", ".join(f"{words(language)} {count:,}" for language, count in counts)
