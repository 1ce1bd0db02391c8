"""Texts in twelve languages to hold identifiers against: of our own writing, no real person's.

`LONG` are whole comments. `SHORT` have two to seven words, as many comments do. `DRESSED` carry
what is no word of their language: names, addresses, emoji, code, quotations of another language.
`NOBODY_KNOWS` could be anything, so that every answer but "unknown" is a guess.
"""

from __future__ import annotations

__all__ = ["DRESSED", "LONG", "NOBODY_KNOWS", "SHORT"]

LONG: dict[str, tuple[str, ...]] = {
    "en": (
        "I rode past the new bridge this morning and there was still no railing on the river side.",
        "Honestly, whoever planned this roundabout has never had to cross it with a pram.",
        "You clearly did not read past the headline, so let me explain it again, slowly this time.",
        "ok so they closed the pool AGAIN and nobody at the council picks up the phone, classic",
        "Does anybody know whether the library keeps its longer hours once the exams are over?",
    ),
    "fr": (
        "Je suis passé devant le nouveau pont ce matin et il n'y avait toujours pas de rambarde.",
        "Franchement, celui qui a dessiné ce rond-point n'a jamais traversé avec une poussette.",
        "Vous n'avez visiblement lu que le titre, alors je vous explique encore une fois.",
        "bon ben ils ont encore fermé la piscine et personne ne répond à la mairie, classique",
        "Est-ce que quelqu'un sait si la bibliothèque garde ses horaires après les examens ?",
    ),
    "es": (
        "Esta mañana pasé por el puente nuevo y todavía no había barandilla del lado del río.",
        "Quien diseñó esta rotonda no ha tenido que cruzarla nunca con un carrito de bebé.",
        "Está claro que solo leíste el titular, así que te lo explico otra vez y despacio.",
        "pues nada, otra vez cerraron la piscina y en el ayuntamiento nadie coge el teléfono",
        "¿Alguien sabe si la biblioteca mantiene el horario largo después de los exámenes?",
    ),
    "it": (
        "Stamattina sono passato dal ponte nuovo e non c'era ancora il parapetto verso il fiume.",
        "Chi ha progettato questa rotonda non l'ha mai attraversata con un passeggino.",
        "È chiaro che hai letto soltanto il titolo, quindi te lo spiego un'altra volta.",
        "vabbè hanno chiuso di nuovo la piscina e in comune non risponde mai nessuno",
        "Qualcuno sa se la biblioteca terrà gli orari lunghi anche dopo gli esami?",
    ),
    "pt": (
        "Passei hoje de manhã pela ponte nova e ainda não havia proteção do lado do rio.",
        "Quem desenhou esta rotunda nunca teve de a atravessar com um carrinho de bebé.",
        "Está visto que você só leu o título, então vou explicar tudo de novo, devagar.",
        "pois é, fecharam a piscina outra vez e ninguém atende o telefone na prefeitura",
        "Alguém sabe se a biblioteca vai manter o horário mais longo depois dos exames?",
    ),
    "de": (
        "Heute früh bin ich über die neue Brücke gefahren, und das Geländer fehlt noch immer.",
        "Wer diesen Kreisverkehr geplant hat, musste ihn nie mit einem Kinderwagen überqueren.",
        "Du hast offensichtlich nur die Überschrift gelesen, also noch einmal ganz langsam.",
        "tja, das schwimmbad ist schon wieder zu und im rathaus geht keiner ans telefon",
        "Weiß jemand, ob die Bücherei nach den Prüfungen ihre langen Öffnungszeiten behält?",
    ),
    "nl": (
        "Vanmorgen reed ik over de nieuwe brug en er zat nog steeds geen leuning aan.",
        "Wie deze rotonde heeft bedacht, is er nooit met een kinderwagen overgestoken.",
        "Je hebt duidelijk alleen de kop gelezen, dus ik leg het nog één keer rustig uit.",
        "nou ja, het zwembad is alweer dicht en bij de gemeente neemt niemand de telefoon op",
        "Weet iemand of de bibliotheek na de examens de langere openingstijden houdt?",
    ),
    "pl": (
        "Dziś rano przejeżdżałem przez nowy most i od strony rzeki nadal nie ma barierki.",
        "Kto zaprojektował to rondo, nigdy nie przechodził przez nie z dziecięcym wózkiem.",
        "Widać, że przeczytałeś tylko nagłówek, więc wyjaśnię to jeszcze raz, powoli.",
        "no i znowu zamknęli basen, a w urzędzie nikt nie odbiera telefonu, jak zwykle",
        "Czy ktoś wie, czy biblioteka zostawi dłuższe godziny otwarcia po egzaminach?",
    ),
    "tr": (
        "Bu sabah yeni köprüden geçtim, nehir tarafında hâlâ korkuluk yoktu.",
        "Bu kavşağı planlayan kişi oradan hiç bebek arabasıyla geçmemiş belli ki.",
        "Belli ki yalnızca başlığı okumuşsun, o yüzden bir kez daha yavaşça anlatayım.",
        "yine havuzu kapatmışlar, belediyede telefona bakan da yok, her zamanki gibi",
        "Kütüphane sınavlardan sonra da akşam geç saate kadar açık kalacak mı, bilen var mı?",
    ),
    "ru": (
        "Сегодня утром я проезжал по новому мосту, и перил со стороны реки всё ещё нет.",
        "Тот, кто придумал эту развязку, никогда не переходил её с детской коляской.",
        "Видно, что вы прочитали только заголовок, поэтому объясню ещё раз, помедленнее.",
        "ну вот, бассейн опять закрыли, и в мэрии никто не берёт трубку, как обычно",
        "Кто-нибудь знает, останется ли библиотека открытой допоздна после экзаменов?",
    ),
    "ar": (
        "مررت هذا الصباح بالجسر الجديد ولم يكن هناك حاجز من جهة النهر حتى الآن.",
        "من صمم هذا الدوار لم يعبره يوما وهو يدفع عربة طفل أمامه.",
        "من الواضح أنك قرأت العنوان فقط، لذلك سأشرح لك الأمر مرة أخرى ببطء.",
        "أغلقوا المسبح من جديد ولا أحد في البلدية يرد على الهاتف كالعادة",
        "هل يعرف أحد إن كانت المكتبة ستبقى مفتوحة حتى المساء بعد الامتحانات؟",
    ),
    "ja": (
        "今朝、新しい橋を通りましたが、川側の手すりはまだ付いていませんでした。",
        "この交差点を設計した人は、ベビーカーを押して渡ったことがないのでしょう。",
        "見出ししか読んでいないようなので、もう一度ゆっくり説明しますね。",
        "またプールが閉まってるし、役所は誰も電話に出ない。いつものことだけど",
        "試験が終わった後も図書館は夜遅くまで開いているのでしょうか。",
    ),
}

SHORT: dict[str, tuple[str, ...]] = {
    "en": ("That is not what happened.", "Thanks, very helpful!", "you people are unbelievable"),
    "fr": ("Ce n'est pas ce qui s'est passé.", "Merci, très utile !", "vous êtes incroyables"),
    "es": ("Eso no es lo que pasó.", "Gracias, muy útil.", "sois todos increíbles"),
    "it": ("Non è quello che è successo.", "Grazie, molto utile!", "siete tutti incredibili"),
    "pt": ("Não foi isso que aconteceu.", "Obrigado, muito útil!", "vocês são inacreditáveis"),
    "de": ("Das ist so nicht passiert.", "Danke, sehr hilfreich!", "ihr seid doch unglaublich"),
    "nl": ("Dat is niet wat er gebeurde.", "Dank je, heel nuttig!", "jullie zijn ongelofelijk"),
    "pl": ("Wcale tak nie było.", "Dzięki, bardzo pomocne!", "jesteście niemożliwi"),
    "tr": ("Olan bu değildi.", "Teşekkürler, çok yararlı!", "hepiniz inanılmazsınız"),
    "ru": ("Всё было совсем не так.", "Спасибо, очень полезно!", "вы просто невероятные"),
    "ar": ("هذا ليس ما حدث.", "شكرا، هذا مفيد جدا", "أنتم لا تصدقون"),
    "ja": ("それは違います。", "ありがとう、助かりました", "信じられない人たちだ"),
}

DRESSED: dict[str, tuple[str, ...]] = {
    "en": (
        "@Marie_Dupont @günther_k look at this 😂😂 https://exemple.test/une/page-en-francais",
        "> Je ne suis pas d'accord avec vous.\n\nWell, I am not surprised that you disagree.",
        "Jürgen Müller and José García told the Göteborg council that nobody asked them first.",
        "Just run `pip install --upgrade paquet` and then it works again for me, weird.",
        "THIS IS THE WORST DECISION THE COUNCIL HAS MADE IN YEARS!!!! 🤬🤬🤬",
    ),
    "fr": (
        "@John_Smith regarde un peu ça 😂😂 https://example.test/some/english/page.html",
        "> I do not agree with you at all.\n\nÇa ne m'étonne pas que vous ne soyez pas d'accord.",
        "William Johnson et Katherine Brown ont dit à la mairie que personne ne les a consultés.",
    ),
    "de": (
        "@mike.taylor schau dir das mal an 😂😂 https://example.test/some/english/page.html",
        "> I do not agree with you at all.\n\nEs wundert mich nicht, dass Sie das anders sehen.",
        "William Johnson und Katherine Brown haben dem Rat gesagt, dass sie niemand gefragt hat.",
    ),
    "es": (
        "@mike.taylor mira esto por favor 😂😂 https://example.test/some/english/page.html",
        "> I do not agree with you at all.\n\nNo me sorprende que usted no esté de acuerdo.",
        "EL PEOR ACUERDO DEL AYUNTAMIENTO EN MUCHOS AÑOS!!!! 🤬🤬🤬",
    ),
    "ru": (
        "@mike.taylor посмотри на это 😂😂 https://example.test/some/english/page.html",
        "> I do not agree with you at all.\n\nНеудивительно, что вы с этим не согласны.",
    ),
}

NOBODY_KNOWS: tuple[str, ...] = (
    "",
    "lol",
    "ok",
    "😂😂😂",
    "+1",
    "https://example.test/some/page",
    "@anna @ben",
    "haha",
    "Jürgen Müller",
    "1234 5678",
    "aaaaaaaaaaaaa",
    "?!?!",
    "no",
    "`x = y + 1`",
    "asdf jkl qwer",
)
