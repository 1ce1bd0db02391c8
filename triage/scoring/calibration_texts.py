"""Made-up comments on which a network's activations are measured.

No person wrote them: they are drawn from the lists below, in many lengths and registers and in the
seven languages of Detoxify's multilingual model. What matters is that all sorts of tokens come up,
in all positions; sense does not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["LANGUAGES", "calibration_texts"]


@dataclass(frozen=True, slots=True)
class _Phrases:
    """What sentences are put together from: `|` stands between two."""

    starts: str
    calm: str
    rude: str
    ends: str


_PHRASES = {
    "en": _Phrases(
        "I think|Honestly,|As I said before,|Dear author,|To be fair,|My neighbour says|Look,|"
        "You know what?|In the last paragraph|According to the council,|Nobody doubts that|"
        "Sorry, but|For what it is worth,|If I may,|Once again|@editor",
        "the bridge was closed in 2019|this article is well researched|we should ask the school|"
        "the figures in the second table do not add up|my grandmother grew tomatoes there|"
        "the source of the quotation is missing|both teams played better in the rain|"
        "the new bus line saves me half an hour|I have read the report, all 212 pages of it|"
        "taxes went up again while wages did not|the doctor was kind and took her time|"
        "women and men, old and young, black and white came to the meeting|"
        "this section needs a citation and a neutral wording|the patch breaks the build on Windows",
        "you are an idiot|shut up, you pathetic liar|what a load of rubbish|"
        "go back to where you came from|only a moron would believe this crap|"
        "I will find you and you will be sorry|these people are vermin|you stupid, ugly fool|"
        "damn this bloody nonsense|you disgust me|get lost, you worthless clown|"
        "he should be beaten up for that|nobody likes you, loser|your whole family is trash",
        "thank you|and that is that|please explain|lol|as everybody knows|see the link|"
        "isn't it|but who cares|in my humble opinion|good night|what do you think|end of story",
    ),
    "fr": _Phrases(
        "Je pense que|Franchement,|Cher auteur,|À mon avis,|Comme je l'ai déjà dit,|Écoute,",
        "le pont a été fermé en 2019|cet article est très bien écrit|il faudrait citer la source|"
        "ma grand-mère y cultivait des tomates|les chiffres du tableau ne sont pas exacts|"
        "les femmes et les hommes du quartier étaient là",
        "tu es un imbécile|ferme-la, sale menteur|quelle connerie|ces gens sont de la vermine|"
        "tu me dégoûtes|je vais te retrouver et tu le regretteras",
        "merci|voilà tout|n'est-ce pas|bonne nuit|qu'en pensez-vous|mdr",
    ),
    "es": _Phrases(
        "Creo que|Sinceramente,|Estimado autor:|En mi opinión,|Como ya dije,|Mira,",
        "el puente se cerró en 2019|este artículo está muy bien escrito|falta citar la fuente|"
        "mi abuela cultivaba tomates allí|las cifras de la tabla no cuadran|"
        "las mujeres y los hombres del barrio vinieron",
        "eres un imbécil|cállate, mentiroso de mierda|qué tontería|esa gente es basura|"
        "me das asco|te voy a encontrar y te vas a arrepentir",
        "gracias|y ya está|¿verdad?|buenas noches|¿qué opinan?|jajaja",
    ),
    "it": _Phrases(
        "Penso che|Sinceramente,|Gentile autore,|Secondo me|Come ho già detto,|Guarda,",
        "il ponte è stato chiuso nel 2019|questo articolo è scritto molto bene|manca la fonte|"
        "mia nonna coltivava pomodori lì|i numeri della tabella non tornano|"
        "le donne e gli uomini del quartiere sono venuti",
        "sei un idiota|stai zitto, bugiardo schifoso|che stronzata|quella gente è feccia|"
        "mi fai schifo|ti troverò e te ne pentirai",
        "grazie|tutto qui|vero?|buona notte|che ne pensate?|ahahah",
    ),
    "pt": _Phrases(
        "Acho que|Sinceramente,|Caro autor,|Na minha opinião,|Como já disse,|Olha,",
        "a ponte foi fechada em 2019|este artigo está muito bem escrito|falta citar a fonte|"
        "a minha avó cultivava tomates lá|os números da tabela não batem certo|"
        "as mulheres e os homens do bairro vieram",
        "você é um idiota|cala a boca, seu mentiroso|que merda de conversa|essa gente é lixo|"
        "você me dá nojo|vou te encontrar e você vai se arrepender",
        "obrigado|é só isso|não é?|boa noite|o que acham?|kkkk",
    ),
    "tr": _Phrases(
        "Bence|Açıkçası|Sayın yazar,|Benim fikrime göre|Daha önce dediğim gibi|Bak,",
        "köprü 2019 yılında kapatıldı|bu yazı çok iyi yazılmış|kaynak belirtilmemiş|"
        "büyükannem orada domates yetiştirirdi|tablodaki sayılar tutmuyor|"
        "mahallenin kadınları ve erkekleri geldi",
        "sen bir aptalsın|kapa çeneni, yalancı|ne saçmalık|bu insanlar pislik|"
        "senden iğreniyorum|seni bulacağım ve pişman olacaksın",
        "teşekkürler|hepsi bu|değil mi|iyi geceler|siz ne düşünüyorsunuz|hahaha",
    ),
    "ru": _Phrases(
        "Я думаю, что|Честно говоря,|Уважаемый автор,|По-моему,|Как я уже говорил,|Слушай,",
        "мост закрыли в 2019 году|эта статья очень хорошо написана|не хватает источника|"
        "моя бабушка выращивала там помидоры|цифры в таблице не сходятся|"
        "пришли женщины и мужчины со всего района",
        "ты идиот|заткнись, лживая тварь|что за чушь|эти люди — мразь|"
        "меня от тебя тошнит|я тебя найду, и ты пожалеешь",
        "спасибо|вот и всё|не так ли|спокойной ночи|что вы думаете|ахаха",
    ),
}
LANGUAGES = tuple(_PHRASES)

_SIGNS = (
    "😂|🙂🙂|❤️|🤡|:-)|http://example.org/a?b=1|[1]|(sic)|24/7|#news|*sigh*|50 %|日本|== Title =="
)
_LONGEST = 450  # words


def calibration_texts(
    count: int = 300, *, languages: Sequence[str] = ("en",), seed: int = 1
) -> list[str]:
    """Return made-up comments, the same for the same seed; see `LANGUAGES`.

    Lognormal in length, as comments under articles are: a median of 40 words, 450 at most.
    """
    draw = random.Random(seed)  # noqa: S311 - a draw of texts, nothing secret
    registers: list[Callable[[str], str]] = [str, str, str.upper, str.lower, _hurried, _drawn_out]
    texts = []
    for at in range(count):
        phrases = _PHRASES[languages[at % len(languages)]]
        length = _LONGEST if at % 50 == 0 else round(draw.lognormvariate(3.69, 0.95))
        rudeness = draw.choice((0.0, 0.0, 0.2, 0.6))
        words: list[str] = []
        for sentence in _sentences(draw, phrases, rudeness):
            words += sentence.split(" ")
            if len(words) >= length:
                break
            words[-1] += draw.choice(("", "", "", "\n\n"))
        texts.append(draw.choice(registers)(" ".join(words[: max(1, min(length, _LONGEST))])))
    return texts


def _sentences(draw: random.Random, phrases: _Phrases, rudeness: float) -> Iterator[str]:
    starts, calm, rude, ends = (
        one.split("|") for one in (phrases.starts, phrases.calm, phrases.rude, phrases.ends)
    )
    signs = _SIGNS.split("|")
    while True:
        parts = [draw.choice(rude if draw.random() < rudeness else calm)]
        if draw.random() < 0.6:
            parts.insert(0, draw.choice(starts))
        if draw.random() < 0.3:
            parts.append(draw.choice(ends))
        if draw.random() < 0.15:
            parts.append(draw.choice(signs))
        yield " ".join(parts) + draw.choice((".", ".", ".", "!", "?", "...", "!!!", ""))


def _hurried(text: str) -> str:
    """Return a text as it is typed in a hurry: no signs, no capitals."""
    return "".join(char for char in text.lower() if char.isalnum() or char.isspace())


def _drawn_out(text: str) -> str:
    """Return a text with some letters drawn out."""
    return "".join(
        char * 4 if char in "oаeо" and at % 5 == 0 else char for at, char in enumerate(text)
    )
