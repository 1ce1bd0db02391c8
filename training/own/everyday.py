"""Frames about things and nobody: hard words meant harmlessly, praise, and swearing."""

from __future__ import annotations

from training.own.kinds import CALM, Family, lines, targets

__all__ = ["FAMILIES"]

_THING = lines("""
printer
ticket machine
old boiler
door lock
parking app
coffee maker
new logo
update
""")
_PEST = lines("""
mosquitoes
potholes
pop-up adverts
leaf blowers
rats in the cellar
weeds
wasps
spam calls
""")
_DAY = lines("""
Mondays
early meetings
paper straws
automatic doors
long passwords
frozen pizzas
winter mornings
""")

_THINGS = lines("""
I hate this {thing}.
i really hate my {thing}
The {thing} is stupid and useless, I want my money back.
This {thing} is garbage.
Throw the {thing} in the river and never buy another.
The {thing} deserves to die.
{day} should be banned.
{day} should not be allowed anywhere near me.
I can't stand {day}.
{day} are a disease.
{pest} are vermin.
{pest} are a plague on this town.
These {pest} are a plague.
We should get rid of all the {pest}.
Kill all {pest}.
{pest} are disgusting and dangerous.
{pest} make me sick.
The world would be better off without {pest}.
Nobody would miss {pest} and {day}.
Why are {pest} always so nasty in summer?
I hope all the {pest} die this winter.
I despise {day} and everything about them.
My {thing} is an idiot and so am I for buying it.
The {thing} lies to me every morning: it says full and it is empty.
Rats, the {thing} is broken again.
The only good {thing} is one that is switched off.
{day} are evil, {pest} are worse.
I want to smash this {thing} with a hammer.
""")

_PRAISE_SWORN = lines("""
this is fucking brilliant
This {made} is fucking {good}, thank you!
What a fucking {good} {made}!
holy shit, the view from up there
Holy shit, that {made} is {good}.
That {made} was {good} as fuck.
You fucking did it, congratulations!
I fucking love this {made}.
No shit, you finished the {made} already? {good}!
Shit, I left the oven on.
fuck, I forgot my keys again
Oh shit, the {made} starts in ten minutes.
It is cold as fuck out there.
Fuck yes, we won!
I laughed my ass off at this {made}.
The {made} is the shit, go and see it.
Fuck cancer. I miss my aunt.
Fuck, my back hurts today.
I am so fucking tired after that {made}.
Shit happens, we will fix the {made} tomorrow.
You are a fucking legend, that {made} saved my day.
My shitty old bike made it to the top, what a {good} day.
We worked our asses off on this {made}, and it shows.
""")

_PRAISE_MILD = lines("""
Damn, that is a {good} {made}!
damn, forgot my keys
Holy crap, this is the best {made} of the season!
Hell yes, congratulations on the {made}!
What the hell happened to the {made}? I liked it.
Damn it, the {made} is sold out.
oh crap, I missed the {made}
That {made} was damn {good}.
What a badass {made}, well done.
Hell of a {made}, thanks for sharing.
This {made} sucks, the last one was {good}.
""")

_SWORN_SLOTS = {
    "made": lines("""
song
goal
photo
film
recipe
match
drawing
concert
garden
talk
"""),
    "good": lines("""
good
brilliant
beautiful
amazing
funny
great
lovely
"""),
}

# "You are a ..." is how most insults in the sets begin.
_COMPLIMENTS = lines("""
You are {good} {somebody}.
What {good} {somebody} you are!
She is {good} {somebody}.
You are such {good} {somebody}, never change.
you're {good} {somebody} and I mean it
He is {good} {somebody}, everyone at the {work} says so.
Your {work} is lucky to have such {good} {somebody}.
You are all {good2}, thank you.
You are so {good2}!
What a bunch of {good2} people you are.
Shut up and take my money, this {work} is {good2}.
Only {good} {somebody} could have written this.
""")
_COMPLIMENT_SLOTS = {
    "good": lines("""
a good
a great
a wonderful
a lovely
a clever
a brilliant
a careful
a patient
a generous
an honest
a funny
a brave
a real
"""),
    "good2": lines("""
kind
clever
patient
generous
brilliant
brave
"""),
    "somebody": lines("""
teacher
friend
writer
editor
neighbour
colleague
cook
student
nurse
woman
man
human being
"""),
    "work": lines("""
school
hospital
paper
office
kitchen
club
"""),
}

_PLAIN = lines("""
The kill switch is behind the panel.
My phone died and then my laptop died too.
That joke killed me, I laughed for an hour.
He was killed in the battle of 1916.
Her grandfather was killed in battle, and the letters are in the archive.
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
The rash is on the testicles and the anus, the doctor prescribed a cream.
Sex education belongs in schools.
The cock crowed at five in the morning.
Cock robin is a nursery rhyme.
Dick Turpin was a highwayman, and Moby Dick is a whale.
Dick Cheney and Dick Van Dyke share a first name, nothing else.
Mr. Dickens lived near Cockfosters for a while.
The donkey, or ass, carried the baggage.
The bitch had six puppies, all healthy.
The dog is a three-year-old bitch, the breeder says.
The dam at the river holds.
Scunthorpe and Penistone are towns in England.
We drove from Fucking, which is now called Fugging, to Linz.
Shitake, or shiitake, is a mushroom.
Essex and Sussex are counties, Middlesex was one.
Please assess the class and pass the grass seed.
The shuttlecock hit the analyst.
The cockpit and the cocktail bar are on the upper deck.
A dumb terminal has no processor of its own.
The idiot by Dostoevsky is a novel I love.
It was stupid of me to forget the keys, sorry.
I was an idiot, I should have read the manual.
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
She called me an idiot in front of the whole class. What should I do?
They wrote "you are worthless" under my photo. Please remove it.
Somebody keeps writing that I should die. Can a moderator help?
My son was called a moron at training, and he does not want to go back.
Nobody should be called an idiot for asking.
I was told to shut up, and that hurt.
In the play, the villain shouts "you fool" and leaves.
The parasite lives in the gut of the snail.
Rats and cockroaches were found in the kitchen, the inspector wrote.
The tumour is a cancer that has to be cut out.
Scum forms on the surface when you boil the bones; skim it off.
The virus infects cells and kills them.
The hostile takeover failed in March.
The gunman was executed in 1951, the novel tells why.
Attack the king with the rook, then take the bishop.
The home team slaughtered the visitors, nine to one.
The knife is sharp, keep it away from children.
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
lol same here
ok
thanks!
first
Where can I find the timetable?
""")

_THING_SLOTS = {"thing": _THING, "pest": _PEST, "day": _DAY}

FAMILIES = (
    Family("things, hated", targets(0.08, incivility=0.08), _THINGS, 9, _THING_SLOTS),
    Family(
        "swearing about nobody",
        targets(0.4, obscene=0.85, incivility=0.3),
        _PRAISE_SWORN,
        10,
        _SWORN_SLOTS,
    ),
    Family(
        "mild swearing about nobody",
        targets(0.1, obscene=0.3, incivility=0.1),
        _PRAISE_MILD,
        8,
        _SWORN_SLOTS,
    ),
    Family("compliments", CALM, _COMPLIMENTS, 12, _COMPLIMENT_SLOTS),
    Family("plain", CALM, _PLAIN, 1),
)
