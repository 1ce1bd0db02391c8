"""Frames that are rude without a hard word, and civil twins that disagree as firmly."""

from __future__ import annotations

from training.own.kinds import CALM, Family, lines, targets

__all__ = ["FAMILIES"]

_SLOTS = {
    "topic": lines("""
the bike lane
the budget
this patch
the vaccine
the school reform
rent control
the new stadium
the election
climate policy
the speed limit
the museum
this recipe
the tax plan
the merge
"""),
    "title": lines("""
genius
Einstein
professor
sunshine
champ
sweetheart
Sherlock
buddy
"""),
    "work": lines("""
article
report
comment
post
source
manual
patch
table
"""),
    "drivel": lines("""
drivel
nonsense
babble
fairy tales
propaganda
hot air
self-pity
"""),
}

_RUDE = lines("""
Thank you for nothing, {title}.
Thanks for nothing, {title}, {topic} is worse than before.
Did you even bother to read the {work}? Thought not.
did you even read the {work} or just the headline
Oh look, another expert on {topic}.
Oh great, another self-appointed expert on {topic}.
Spare us your {drivel} about {topic}.
Spare me the {drivel}.
Nobody asked for your opinion on {topic}.
Nobody cares what you think about {topic}, {title}.
Sure, {title}, and the earth is flat.
Nice try, {title}. Come back when you have learned to read.
Try using your brain for once before you post about {topic}.
I would explain {topic} to you, but I have no crayons with me.
Do us all a favour and stay out of the debate on {topic}.
You obviously have no idea how {topic} works. Typical.
You clearly don't understand {topic}, and you never will.
Another pearl of wisdom from our resident know-it-all.
Wow, what a {work}. Did your toddler write it?
How much did they pay you to write this {work}?
Who paid you to say that about {topic}?
You are lying about {topic}, and you know it.
Stop lying about {topic}.
More lies about {topic} from the usual suspects.
That {work} is pure {drivel}, and so is everything else you write.
Blah blah blah, {topic}, we have heard it all before. Boring.
Cry me a river about {topic}.
Let me put it in small words so that even you can follow: {topic} failed.
Bless your heart, you really think {topic} works like that.
Congratulations, {title}, that is the most clueless {work} I have seen all week.
Go back to school before you write about {topic}.
Maybe leave {topic} to the grown-ups.
Get over yourself, {title}.
get a life, nobody reads your {work}
If you had half a clue about {topic} you would be ashamed of this {work}.
So you googled {topic} for five minutes and now you lecture us? Adorable.
People like you are why nobody can talk about {topic} any more.
Your whole {work} is a joke.
You wouldn't know a fact about {topic} if it bit you.
What a surprise, {title} missed the point again.
Keep telling yourself that, {title}.
And here comes {title} with the daily {drivel}.
Ever heard of a dictionary, {title}? Look up "{topic}".
Of course you support {topic}, you do as you are told.
The maintainers are too lazy to look at this {work}, as always.
Is this {work} supposed to be a joke? Embarrassing.
Are you always this slow, or only when it comes to {topic}?
You people never learn.
Yawn. Wake me up when you have something to say about {topic}.
LOL, you actually believe that {work}?
Only someone with an agenda would call {topic} a success. Dishonest hack.
Your so-called facts about {topic} came out of a cereal box.
""")

_FIRM = lines("""
Thank you for the {work}. I still think {topic} is a mistake.
I read the {work} twice, and I do not agree with its view of {topic}.
Did you read the second part of the {work}? It answers your question.
have you read the {work}? page two has the figures on {topic}
I am no expert on {topic}, but this number looks wrong to me.
As somebody who works on {topic}, I see this differently.
Could you say where the figure on {topic} comes from?
In my opinion {topic} costs too much and helps too few.
I strongly oppose {topic}, for three reasons.
i don't agree about {topic}, but fair point on the cost
No, {topic} did not fail; the {work} compares the wrong years.
The {work} is wrong on {topic}: the survey was done before the change.
I think you misread the {work}. It says the opposite about {topic}.
You are mistaken about {topic}, see the second table.
Sorry, but that is not how {topic} works. Here is the rule.
I cannot follow your argument about {topic}. Could you explain it?
This {work} does not convince me at all.
We have had this debate about {topic} before, and I have not changed my mind.
The plan for {topic} is badly thought out, and the council should drop it.
I voted against {topic} and I would do so again.
Whoever wrote the {work} left out the costs of {topic}.
With respect, the claim about {topic} is not supported by the {work}.
That is simply false. The {work} on {topic} was published in May, not June.
I was disappointed by this {work}. It ignores half of the evidence.
This {work} breaks the build on my machine. Please revert it for now.
I would rather see the money for {topic} spent on nurses.
Let us agree to disagree about {topic}.
You and I want the same thing, but {topic} will not get us there.
It took me a while to see the point about {topic}; I still doubt it.
What would change your mind about {topic}?
The heading of the {work} is misleading, I would change it.
I have heard this argument about {topic} often, and the data speak against it.
The mayor broke a promise on {topic}, and voters should remember it.
This bug has been open for two years. Is anybody looking at the {work}?
I wish the maintainers would answer the {work}, it is holding us up.
{topic} is a waste of public money.
I disagree with nearly every line of this {work}.
Why was my {work} on {topic} removed? I followed the rules.
Good {work}, wrong conclusion.
You make a good point about {topic}, yet the risk is too high.
Surely the opposite is true: {topic} made things better for most of us.
My patience with {topic} is at an end; I have written to the council.
Both sides of the debate on {topic} have a point, but the {work} gives only one.
It is fair to be angry about {topic}. I am too.
I take back what I said about {topic}, I had not seen the {work}.
Please stay on the subject; this thread is about {topic}.
Nobody asked me, but I like {topic}.
Thanks, {topic} makes sense now that I have read your {work}.
Great {work}! I learned something about {topic}.
""")

FAMILIES = (
    Family(
        "rude without a hard word",
        targets(0.45, severe=0.0, obscene=0.0, insult=0.45, incivility=0.95),
        _RUDE,
        9,
        _SLOTS,
    ),
    Family("firm and civil", CALM, _FIRM, 9, _SLOTS),
)
