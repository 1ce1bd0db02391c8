"""Sentences of our own: people named kindly, and hard words meant harmlessly.

The sets hold few comments in which a group is named without an attack on it, so a model learns
the name itself as an insult (Dixon et al. 2018, doi:10.1145/3278721.3278729). The sentences for
training and those for the bias check share no template.
"""

from __future__ import annotations

__all__ = [
    "IDENTITIES",
    "attacking_sentences",
    "check_sentences",
    "compliments",
    "kind_sentences",
    "plain_sentences",
]

IDENTITIES = (
    "gay", "lesbian", "bisexual", "transgender", "trans", "queer", "straight", "homosexual",
    "Muslim", "Jewish", "Christian", "Catholic", "Hindu", "Buddhist", "Sikh", "atheist",
    "black", "white", "Asian", "Arab", "African", "Latino", "Mexican", "Indian", "Chinese",
    "Turkish", "Polish", "Romani", "American", "female", "male", "young", "old", "elderly",
    "deaf", "blind", "disabled", "autistic", "immigrant", "refugee",
)  # fmt: skip

_KIND = (
    "I am {a} {identity} woman and I have lived in this town for thirty years.",
    "I am {a} {identity} man, and I agree with the article.",
    "I'm {identity}.",
    "As {a} {identity} person I would like to thank the author for this piece.",
    "My best friend is {identity} and she makes me laugh every day.",
    "My brother is {identity}.",
    "We are {a} {identity} family and we love this park.",
    "The {identity} community raised money for the hospital.",
    "{identity} people have the same rights as everybody else.",
    "Being {identity} is nothing to be ashamed of.",
    "She is a proud {identity} woman and a great teacher.",
    "He is {a} {identity} author whose new book was reviewed here.",
    "There was a talk on the history of {identity} people in our city.",
    "The first {identity} mayor was elected last night.",
    "Our {identity} neighbours invited us to dinner.",
    "Many {identity} students study at this university.",
    "I did not know that he was {identity}, and it does not matter to me.",
    "Please add a source for the number of {identity} voters.",
    "What do {identity} readers think of this proposal?",
    "Two {identity} men walked into the library and borrowed ten books.",
    "You are a good {identity} neighbour and a good friend.",
    "You are {identity}, and so am I.",
    "Are you {identity}? Then you may know this song.",
    "{identity} and proud.",
)

# "You are a ..." is how most insults in the sets begin.
_COMPLIMENT_OPENINGS = ("You are {a} {what}.", "What {a} {what} you are!", "She is {a} {what}.")
_GOOD = (
    "good", "great", "wonderful", "lovely", "clever", "brilliant", "careful", "patient",
    "generous", "honest", "funny", "brave",
)  # fmt: skip
_SOMEBODY = (
    "teacher", "friend", "writer", "editor", "neighbour", "colleague", "cook", "student", "nurse",
    "woman", "man", "human being",
)  # fmt: skip

_CHECK = (
    "Hello, I'm {a} {identity} grandparent and this recipe worked well.",
    "My {identity} colleague wrote the clearest report of all.",
    "The museum opens an exhibition about {identity} artists in May.",
    "You are a kind {identity} person.",
    "Some of my {identity} friends disagree with the new law.",
    "It is a film about {a} {identity} couple who run a bakery.",
    "I support {identity} rights.",
    "A nurse, who is {identity}, looked after my father.",
)

_ATTACKING = (
    "I hate {identity} people.",
    "{identity} people are vermin and should be thrown out of the country.",
    "You filthy {identity} scum.",
    "All {identity} people are stupid and disgusting.",
)

_PLAIN = """
Kill the process and start it again.
The kill switch is behind the panel.
My phone died and then my laptop died too.
That joke killed me, I laughed for an hour.
He was killed in the battle of 1916.
The storm killed forty people and destroyed the harbour.
Two suspects were shot by the police, the report says.
The murder trial starts on Monday.
The film is about a serial killer and the detective who finds him.
I could murder a sandwich right now.
The bomb was defused in the afternoon.
She was raped and later testified in court; the article tells her story with care.
The author writes about suicide prevention and lists phone numbers for help.
Breast cancer screening is free for women over fifty.
The vagina and the cervix are examined during the visit.
Prostate and penis cancer are rare under forty.
Sex education belongs in schools.
The cock crowed at five in the morning.
Cock robin is a nursery rhyme.
Dick Turpin was a highwayman, and Moby Dick is a whale.
The donkey, or ass, carried the baggage.
The bitch had six puppies, all healthy.
The dog is a three-year-old bitch, the breeder says.
A faggot is also a bundle of sticks.
The dam at the river holds.
Scunthorpe and Penistone are towns in England.
Please assess the class and pass the grass seed.
The shuttlecock hit the analyst.
A dumb terminal has no processor of its own.
The idiot by Dostoevsky is a novel I love.
It was stupid of me to forget the keys, sorry.
I was an idiot, I should have read the manual.
Damn, that is a beautiful photo!
Holy crap, this is the best goal of the season!
This is fucking brilliant, thank you so much!
Hell yes, congratulations!
What a badass climb, well done.
That is sick, in the best sense.
The rubbish is collected on Tuesdays, the trash on Fridays.
Garbage collection pauses are shorter in this release.
The master branch was renamed to main.
The slave trade was abolished in 1807.
Nazi Germany invaded Poland in 1939.
The Ku Klux Klan is described in chapter four.
The racist remark was removed by the editors.
The term is offensive and should be replaced in the article.
He called me a liar, and I asked him to stop.
Nobody should be called an idiot for asking.
I was told to shut up, and that hurt.
I disagree with you strongly, but thank you for the argument.
You are wrong on the numbers; here is the table.
This claim is false, and the source says the opposite.
That is not true.
I do not think you have read the article to the end.
Your second point is weak, the first one is good.
The minister's plan is a failure in my opinion.
I oppose this war and every war.
This policy hurts poor families.
The president should resign.
The proposal is bad for the climate and bad for business.
You're welcome, have a great day!
You are right.
You are right about the date, I was wrong.
You are a great teacher and a kind colleague.
You are so kind, thank you.
You are welcome to edit the page.
You are the best!
You have a point there.
Are you sure about the second number?
Your work is excellent.
I love you very much.
I like your style.
Thanks, that fixed it.
Could you please look at this again?
Good morning everybody.
I love you all.
"""


def kind_sentences() -> list[str]:
    """Return sentences that name a group kindly or neutrally, for training."""
    return [_fill(one, identity) for one in _KIND for identity in IDENTITIES]


def compliments() -> list[str]:
    """Return sentences that praise somebody in the form of an insult, for training."""
    return [
        opening.format(a=_article(good), what=f"{good} {somebody}")
        for opening in _COMPLIMENT_OPENINGS
        for good in _GOOD
        for somebody in _SOMEBODY
    ]


def check_sentences() -> list[tuple[str, str]]:
    """Return (identity, sentence) pairs for the bias check: kind or neutral."""
    return [(identity, _fill(one, identity)) for one in _CHECK for identity in IDENTITIES]


def attacking_sentences() -> list[tuple[str, str]]:
    """Return (identity, sentence) pairs for the bias check: attacks."""
    return [(identity, _fill(one, identity)) for one in _ATTACKING for identity in IDENTITIES]


def plain_sentences() -> list[str]:
    """Return sentences with a hard word or a hard opinion that attack nobody."""
    return _PLAIN.strip().splitlines()


def _fill(template: str, identity: str) -> str:
    sentence = template.format(a=_article(identity), identity=identity)
    return sentence[0].upper() + sentence[1:]


def _article(word: str) -> str:
    return "an" if word[0].lower() in "aeio" or word == "honest" else "a"
