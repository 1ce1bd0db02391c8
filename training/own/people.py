"""Frames that attack or threaten a person or a trade, and harmless twins of the threats."""

from __future__ import annotations

from training.own.kinds import CALM, Family, lines, targets

__all__ = ["FAMILIES"]

_SLOTS = {
    "trade": lines("""
journalists
bankers
politicians
landlords
referees
lawyers
developers
managers
influencers
cyclists
estate agents
economists
fans of that club
people on this forum
"""),
    "mean": lines("""
stupid
pathetic
useless
worthless
disgusting
clueless
dumb
braindead
"""),
    "name": lines("""
idiot
moron
loser
liar
clown
coward
fool
creep
imbecile
parasite
"""),
    "names": lines("""
idiots
morons
liars
clowns
parasites
cowards
crooks
vermin
"""),
    "your": lines("""
team
boss
editor
company
article
friend
government
mother
"""),
    "thing": lines("""
car
dog
bag
window
house
garden
"""),
}

_INSULTS = lines("""
You are a {mean} {name}.
you're such a {name}
What a {name} you are.
You {mean} {name}.
{trade} are {names}.
{trade} are all {names}, every last one.
I hate {trade}, they are {names}.
{trade} are a plague and should be locked up.
Only a {name} would write this.
Shut up, you {name}.
Your {your} is run by {names}.
You are too {mean} to understand it, {name}.
Everyone at this paper is a {name}.
Your whole team is {mean}, a bunch of {names}.
I have never met anyone as {mean} as you.
Go crawl back under your rock, {name}.
The referee is a {mean} {name} and should never work again.
The author is a {name}, and whoever agrees with him is one too.
He is a {name} and his followers are {names}.
Nobody likes you, {name}.
Your parents must be so ashamed of you, you {mean} {name}.
Get lost, you {mean} {name}!
How {mean} can one person be? You are a {name}.
The world would be better off without {trade}.
{trade} disgust me, {mean} {names} that they are.
You make me sick, {name}.
Yet another {mean} comment by the same {name}.
She is {mean} and he is a {name}, a perfect couple.
Look in the mirror, {name}, you are as {mean} as you are ugly.
""")

_SWORN = lines("""
Fuck you, {name}.
fuck off you {mean} {name}
You are a {mean} piece of shit.
Go to hell, you {mean} bastard.
{trade} are {mean} assholes.
You lying sack of shit.
Kiss my ass, {name}.
Your {your} is shit and so are you.
""")

_OPEN_THREATS = lines("""
I will kill you, {name}.
I'm going to find you and break your legs.
i will smash your {thing} and then your face
You are dead when I see you.
I know where you live, and I am coming over with a knife.
Say that again and I will beat you until you can't talk.
I swear I will burn down your house tonight.
We will hunt you {names} down, one after another.
Someone should put a bullet in you, and maybe I will.
{trade} should be lined up and shot.
Next time I see you I will cut your throat.
Wait until I get my hands on you, {name}. You won't walk again.
I'll make sure that your {your} ends up in hospital, and you too.
""")

_VEILED_THREATS = lines("""
I know where you park your {thing}.
I know where you park.
I know where you live.
I know which school your kids go to.
You will regret this, watch your back.
You'll regret this.
Watch your back, {name}.
Nice {thing} you have there. Would be a shame if something happened to it.
It would be a pity if your {thing} caught fire one night.
Accidents happen, especially to {trade} who talk too much.
People who write things like this tend to disappear.
Sleep well tonight. It may be the last time.
You have a lovely family. Think of them before you post again.
I would not walk home alone tonight if I were you.
We have your address, see you soon.
Delete this or you will see what happens.
Keep talking and find out what we do to {names} like you.
Your time is running out, and nobody will miss you.
One of these days somebody is going to pay you a visit.
I have friends who would love to meet you in a dark alley.
Better check your brakes before you drive tomorrow.
We'll see how brave you are when we stand at your door.
""")

_HARMLESS = lines("""
I know where you can park your {thing}.
I know where you can park, there is space behind the {place}.
I know where you live, I will drop the parcel at your door.
I know which school your kids go to, ours go there too.
Watch your step at the {place}, it is icy.
Watch your head, the door at the {place} is low.
You will regret missing the concert at the {place}.
You'll regret it if you skip the dessert.
I'll kill the process and start it again.
Please kill the job if it runs for more than an hour.
Nice {thing} you have there, where did you buy it?
It would be a pity if the {place} had to close.
Accidents happen at the {place} every winter, please put up a sign.
Sleep well tonight, tomorrow is a big day.
You have a lovely family, say hello to them.
I would not walk to the {place} alone at night, the lights are broken.
We have your address, the {thing} arrives on Monday.
Delete this file or the backup will not run.
Keep talking, I find this interesting.
Time is running out, the offer ends tonight.
One of these days I will pay you a visit, I miss our talks.
I have friends who would love to meet you at the {place}.
Better check your brakes before you drive into the mountains.
We will be at your door at six with cake.
I am going to find you a better {thing}.
We will beat your team on Sunday, fair and square.
He will cut the ribbon at the {place} tomorrow.
The firing of the clay takes a night, then the bowls cool.
We shot forty pictures of the {place} this morning.
I'm dying to see the new {place}.
She smashed the record by two seconds.
Burn the disc, then check that it reads.
Hunt down the bug before the release, please.
My feet are killing me after the walk to the {place}.
""")

_HARMLESS_SLOTS = {
    "thing": _SLOTS["thing"],
    "place": lines("""
library
station
bakery
museum
harbour
theatre
school
swimming pool
market
"""),
}

FAMILIES = (
    Family(
        "person, insulted",
        targets(0.9, severe=None, obscene=None, insult=1.0, incivility=1.0),
        _INSULTS,
        11,
        _SLOTS,
    ),
    Family(
        "person, sworn at",
        targets(1.0, severe=0.3, obscene=1.0, insult=0.95, incivility=1.0),
        _SWORN,
        8,
        _SLOTS,
    ),
    Family(
        "person, threatened openly",
        targets(1.0, severe=0.5, threat=1.0, insult=0.5, incivility=1.0),
        _OPEN_THREATS,
        9,
        _SLOTS,
    ),
    Family(
        "person, threatened between the lines",
        targets(0.85, severe=0.15, threat=0.9, insult=0.2, incivility=1.0),
        _VEILED_THREATS,
        7,
        _SLOTS,
    ),
    Family("harmless twins of threats", CALM, _HARMLESS, 7, _HARMLESS_SLOTS),
)
