"""Frames that name a group: kindly, with hostility, and in defence of it."""

from __future__ import annotations

from training.own.kinds import CALM, Family, lines, targets

__all__ = ["FAMILIES"]

_NEUTRAL = lines("""
I am {a_one} and I have lived in this town for thirty years.
I'm {a_one} too, and I agree with the article.
I'm {adj}.
i am {adj} and i need some advice about my first job
As {a_one} I would like to thank the author for this piece.
My best friend is {adj} and she makes me laugh every day.
My brother is {adj}.
my neighbour is {adj} and he fixes everybody's bikes
We are {a_adj} family and we love this park.
The {adj} community raised money for the hospital.
{many} have the same rights as everybody else.
{many} should be allowed to vote, marry and work like anyone else.
Being {adj} is nothing to be ashamed of.
He is {a_adj} author whose new book was reviewed here.
There was a talk on the history of {many} in our city.
The first {adj} mayor was elected last night.
Our {adj} neighbours invited us to dinner.
Many {adj} students study at this university.
I did not know that he was {adj}, and it does not matter to me.
Please add a source for the number of {adj} voters.
What do {adj} readers think of this proposal?
Two {adj} friends walked into the library and borrowed ten books.
You are a good {adj} neighbour and a good friend.
You are {adj}, and so am I.
Are you {adj}? Then you may know this song.
{adj} and proud.
I met some {many} today. They were friendly and showed me the way to the station.
I work with {many}. They are good at their jobs and good company.
{many} were arrested in large numbers that year, as the archive shows.
{many} were murdered by the regime, and the city now has a memorial for them.
Police say the man attacked {many} outside a bar; he was charged on Friday.
How many {many} live in this county?
Why do {many} get fewer replies to job applications? Is there a study?
Does anybody know a good doctor for {many} around here?
I love {many}.
Some of the best teachers I had were {many}.
{many} are people like you and me.
It is wonderful that so many {many} came to the festival.
A new survey asked {many} about housing, schools and work.
The council opened an advice office for {many} last week.
{many} pay taxes and serve in the army as well.
Like most {many} I know, he goes to work, cooks dinner and worries about the rent.
The law that kept {many} from voting was repealed decades ago.
The article does not mention {many} at all, which is a pity.
The party lost support among {many}, according to the exit poll.
The bill would affect {many} more than others, so let us hear from them.
We need more {many} in parliament.
My grandmother, {a_one}, taught me to play chess.
She came out of the meeting with two {many} and a plan for the playground.
there are a lot of {many} in my class and we all get along
Happy holidays to all the {many} here!
{many} and their allies marched through the city in the rain.
The shop is run by {a_one} and the bread is excellent.
I was hired by {a_one}, trained by {a_one} and I owe both of them a lot.
The question is not whether someone is {adj} but whether they can do the job.
I am not {adj}, so I would rather listen than talk here.
Half of my family is {adj}, the other half is not, and we argue only about football.
Some {many} voted for the mayor, some against, and some stayed at home.
I disagree with the {adj} group that spoke first, but their second point is right.
I think the senator, who is {adj}, is wrong about the budget.
""")

_HOSTILE = lines("""
{many} are a plague on this town.
{many} are a disgrace to the human race.
{many} are {vermin}.
{many} are nothing but {vermin}.
{many} are {bad}.
All {many} are {bad}.
all {many} are the same, {bad} and {bad2}
Most {many} are {bad}, and everyone knows it.
I hate {many}.
i really hate {many}
I can't stand {many}. They make me sick.
{many} disgust me.
I despise every single {one} I have ever met.
I met some {many} today. They are all {bad} and should be locked up.
A family of {many} moved in next door. We don't want their kind here.
Had to sit next to {a_one} on the bus. They stink and they never behave.
{many} came to our meeting. What a bunch of {vermin}.
No {many} should be let into this country.
No {one} should be allowed to {right}.
{many} should not be allowed to {right}.
{many} should be banned from {place}.
Ban {many} from {place} already.
Keep {many} out of {place}.
Send {many} back where they came from.
We should get rid of all the {many}.
Get the {many} out of our neighbourhood.
{many} don't deserve the same rights as normal people.
{many} don't deserve any rights.
{many} have no place in {place}.
The world would be better off without {many}.
{many} are ruining {place}.
{many} are destroying everything we built.
{many} are less than human.
{many} are barely human and should be treated like animals.
{many} are an infestation, and it is spreading.
{many} are a cancer that has to be cut out.
{many} breed like rats.
I'm not racist, but {many} are {bad}.
I am not prejudiced, but would you leave your kids alone with {many}?
No offence, but {many} just are not as smart as the rest of us.
I have nothing against {many} as long as they stay away from me and my family.
Why are {many} always so {mean}?
Why do we let {many} {right}? It's insane.
When will somebody finally do something about the {many}?
What do you expect from {a_one}? They are all {bad}.
Typical {one}, {mean} as always.
of course it was {a_one}, they are born {mean}
Never trust {a_one}.
You can't trust {many}, they lie whenever they open their mouth.
{many} only want our money and our jobs.
{many} are the reason this city is falling apart.
{many} are mentally inferior, that is just a fact.
Being {adj} is a disease.
Being {adj} is disgusting and unnatural.
You {adj} {person}, go away.
You are just another {mean} {one}.
You filthy {adj} {person}.
shut up, nobody asked {a_one}
Go home, {many} are not welcome here.
I don't want {many} anywhere near my children.
I would never hire {a_one}, they are {bad} and {bad2}.
{many} belong in a cage.
It's simple: the fewer {many}, the better.
If you are {adj}, you are worthless to me.
Nobody likes {many}, and they have earned it.
Our town was nice until the {many} came. They are {bad}, and they will never change.
Who let some {adj} {person} like that speak on television?
Everything {many} touch turns to dirt.
""")

_THREATS = lines("""
{many} should all be {killed}.
All {many} deserve to be {killed}.
Somebody should burn down the houses of these {many}.
Let's round up the {many} and get rid of them for good.
I will beat up the next {one} I see.
If I see {a_one} on my street again, I will break his legs.
{many} better watch their backs around here.
Kill all {many}.
We are coming for you {many}, and you won't be laughing.
Every {one} in this town will pay in blood.
It is time to wipe out {many} once and for all.
Drown the {many} before they reach the coast.
get your guns ready, the {many} are moving in
One day we will hang every {one} from a lamp post.
""")

_WISHES = lines("""
I hope all the {many} die.
I hope {many} get what they deserve, slowly and painfully.
I wish a bus full of {many} would drive off a cliff.
Nobody would cry if {many} all dropped dead.
I hope your {adj} family gets sick and dies.
Too bad the fire did not take more of the {many}.
""")

# The twins of the wishes: without them, any hope for a group would pass for a curse.
_WISHED_WELL = lines("""
I hope all the {many} {well}.
I hope every {one} {wells}.
I hope {many} {well} this year.
I hope the {adj} family next door {wells}.
I hope my {adj} friend {wells}.
i hope {many} {well}, they have earned it
I wish every {one} {good}.
I wish all {many} {good}.
Wishing {many} everywhere {good}.
I wish {many} nothing but {good}.
May every {one} {well}.
May all {many} {well} and live in peace.
I really hope that {many} {well}.
We all hope that the {adj} candidate {wells}.
Let's hope {many} {well} at last.
I hope that {a_one} {wells} some day.
Here's hoping that {many} {well}.
I pray that {many} {well}.
It would be lovely if {many} {well} in the end.
Nobody deserves it more than {many}: I hope they {well}.
I hope a bus full of {many} arrives in time for the party.
I hope your {adj} family gets well soon.
I hope {many} get what they deserve: respect, and {good}.
Too bad that so few {many} could come, I hope they {well}.
""")
_WELL = {
    "well": lines("""
get home safe
find a good home
feel at home here
have a blessed week
get the job they want
win the cup
sleep well tonight
enjoy the holidays
find good neighbours
get well soon
live long and happy lives
"""),
    "wells": lines("""
gets home safe
finds a good home
feels at home here
has a blessed week
gets the job
wins the cup
sleeps well tonight
enjoys the holidays
finds good neighbours
gets well soon
lives a long and happy life
"""),
    "good": lines("""
a happy new year
good luck
a safe journey
a warm welcome
all the best
a quiet weekend
good health
"""),
}

_SWORN = lines("""
Fuck {many}.
fuck all {many}, seriously
{many} are full of shit.
{many} are pieces of shit, every one of them.
I'm so sick of these fucking {many}.
Fucking {many} ruin everything.
""")

_DEFENCE = lines("""
Saying that {many} are {vermin} is disgusting and wrong.
Whoever says that {many} are {bad} has never met any.
Calling {many} {vermin} is hateful, and we should not accept it.
{many} are not {bad}.
{many} are not {vermin}. They are our neighbours.
It is not true that {many} are {bad}; please stop spreading that.
{many} do not steal jobs, the figures show the opposite.
Nobody should be kept from {place} for being {adj}.
It is wrong to say that {many} should not be allowed to {right}.
How can anyone hate {many}? I will never understand it.
People who hate {many} need to look at their own lives.
I don't hate {many}, I grew up with them.
I used to think {many} were {bad}. I was wrong, and I am sorry.
My uncle says that all {many} are {bad}. I told him that I won't listen to that.
He shouted "go home" at {a_one} on the train, and nobody helped. That must change.
"{many} are {vermin}," the poster said. The council had it removed the same day.
The leaflet claimed that {many} are {vermin}; the court called it incitement.
The comment "I hate {many}" was rightly removed by the moderators.
The politician was fined for saying that {many} should be banned from {place}.
In the thirties the papers wrote that {many} were {vermin}. We know where that led.
If you think {many} are {bad}, talk to one of them first.
I am {adj}, and I am tired of being called {mean}.
As {a_one} I get told to go home every week. It hurts.
They told my daughter that {many} are {bad}. She came home crying.
I'm sorry that you were abused for being {adj}. You did nothing wrong.
Don't let them get to you. There is nothing wrong with being {adj}.
Nobody deserves to be attacked for being {adj}.
Hate against {many} has risen this year, the report warns.
There is no evidence that {many} are {bad2}, and plenty against it.
The myth that {many} are {bad} comes from one old and flawed study.
No {one} should ever have to hear that they don't belong here.
stop saying {many} are {bad}, it's just not true
We must not allow {many} to be treated like animals.
Would you say that all teachers are {bad} because of one? Then don't say it of {many}.
The film shows how {many} were called {vermin} on the radio before the killings began.
Discrimination against {many} is illegal, also in {place}.
Threatening to hurt {many} is a crime, report it to the police.
{many} deserve equal rights, full stop.
{many} have every right to {right}.
Of course {many} should be allowed to {right}, why is this even a question?
Being {adj} does not make anybody {bad}.
{many} are no more {bad} than anyone else.
{many} are as honest and hard-working as the rest of us.
I stand with {many} against this hatred.
It makes me angry when people treat {many} like dirt.
It hurts to read what some of you write about {many}.
Why do so many people look down on {many}?
What have {many} ever done to you?
The word {vermin} was used for {many}. It is a slur, and we deleted it.
She was spat at for being {adj}. Shame on those who did it.
A man was attacked last night because he is {adj}. He is in hospital.
The mosque, the church and the synagogue stood together for {many}.
Somebody set fire to a shelter for {many}; two people were hurt.
We marched against racism and for {many}.
Not all {many} are the same, stop throwing them together.
Blaming {many} for the housing crisis is lazy and false.
He lost his job for saying that {many} are {bad}, and rightly so.
My grandparents hid {many} from people who wanted to kill them.
You can't say that {many} are {bad}. It is a lie, and it is cruel.
"{many} do not belong here" is what they said about my family, too.
Being told "you people are {bad}" because I am {adj} never stops hurting.
Teachers must step in when a pupil is bullied for being {adj}.
They called us {vermin} because we are {adj}.
No one is {bad} because of being {adj}.
Prejudice against {many} has no place in this club.
Jokes about {many} are not funny to those who have to hear them every day.
This bill would take away the right of {many} to {right}, and I oppose it.
I reported the post that wished {many} dead.
The idea that {many} are {bad2} is racist nonsense.
Most {many} I know are kind and generous people.
Please stop calling {many} {bad}.
If you hate {many}, this is not the place for you.
Hating {many} helps nobody.
{many} were murdered by that regime, and we remember them today.
He wrote a hateful article about {many}; here is my answer to it.
To every {one} reading this: you are welcome here.
""")

_SLOTS = {
    "bad": lines("""
lazy
criminals
thieves
stupid
dirty
liars
disgusting
dangerous
violent
parasites
greedy
worthless
repulsive
freaks
perverts
terrorists
idiots
evil
"""),
    "mean": lines("""
lazy
stupid
dirty
disgusting
dangerous
violent
greedy
worthless
repulsive
evil
cruel
"""),
    "bad2": lines("""
useless
primitive
dishonest
brainless
filthy
cruel
sick
"""),
    "vermin": lines("""
vermin
rats
cockroaches
parasites
animals
scum
garbage
trash
a disease
subhuman
a plague
pests
"""),
    "right": lines("""
vote
work here
marry
adopt children
teach in our schools
live in our town
hold office
own property
speak in public
use our hospitals
"""),
    "place": lines("""
our schools
this country
our town
public pools
the army
our parks
politics
the internet
sports
our neighbourhood
"""),
    "person": lines("""
scum
rat
parasite
freak
pig
animal
creep
loser
"""),
    "killed": lines("""
killed
shot
hanged
gassed
wiped out
put down
burned alive
beaten until they leave
"""),
}

_ATTACK = targets(0.95, severe=None, insult=0.85, identity_attack=1.0, incivility=1.0)
_GROUP_THREAT = targets(
    1.0, severe=0.6, threat=1.0, insult=0.7, identity_attack=1.0, incivility=1.0
)
_WISH = targets(1.0, severe=0.4, threat=0.7, insult=0.7, identity_attack=1.0, incivility=1.0)
_OBSCENE_ATTACK = targets(
    1.0, severe=0.4, obscene=1.0, insult=0.9, identity_attack=1.0, incivility=1.0
)

FAMILIES = (
    Family("group, neutral or kind", CALM, _NEUTRAL, 20, _SLOTS),
    Family("group, hostile", _ATTACK, _HOSTILE, 18, _SLOTS),
    Family("group, threatened", _GROUP_THREAT, _THREATS, 16, _SLOTS),
    Family("group, harm wished", _WISH, _WISHES, 14, _SLOTS),
    Family("group, wished well", CALM, _WISHED_WELL, 14, _WELL),
    Family("group, sworn at", _OBSCENE_ATTACK, _SWORN, 12, _SLOTS),
    Family("group, defended", targets(0.05, incivility=0.05), _DEFENCE, 17, _SLOTS),
)
