"""How many comments a second the bundled scorer rates, and what that time goes to.

    python benchmarks/compact_speed.py [--comments 3000]

Comments are drawn from a list of words, lognormal in length (median 40 words, mean about 64, at
most 400) and of 1.4 tokens a word, as comments under articles are. Prints the seconds
from a fresh start to the first score, comments per second on all cores, the greatest memory, and
what share of the work text preparation and tokens take.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from tokenizers import Tokenizer

from triage.scoring import compact
from triage.scoring.compact import CompactScorer
from triage.scoring.prepare import prepare

FILE = compact.FILES[1]
WORDS = """
the of and to a in that it is was for on are as with they be at one have this from or had
by hot but some what there we can out other were all your when up use word how said an each
she which do their time if will way about many then them would write like so these her long
make thing see him two has look more day could go come did my sound no most number who over
know water than call first people may down side been now find council bridge author article
comment source argument neighbour nonsense wonderful ridiculous policy minister football
gotta lol smh unbelievable hypocritical downvoted wanna nobody's unsubstantiated Wojciechowski
misinformed shouldn't it's they're don't copy-paste tbh whataboutism reverted condescending 24/7
2019. 😂 f*cking id1ot sooooo http://example.org/a?b=1"""


def comments(count: int, seed: int = 1) -> list[str]:
    draw, words = random.Random(seed), WORDS.split()
    lengths = [max(1, min(400, round(draw.lognormvariate(3.69, 0.95)))) for _ in range(count)]
    return [" ".join(draw.choices(words, k=length)).capitalize() + "." for length in lengths]


FIRST = "from triage.scoring.compact import CompactScorer; CompactScorer().score(['You fool.'])"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=3000)
    texts = comments(parser.parse_args().comments)

    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", FIRST], check=True)
    first = time.perf_counter() - started

    scorer = CompactScorer()
    scorer.score(texts[:200])
    started = time.perf_counter()
    scorer.score(texts)
    whole = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    started = time.perf_counter()
    ready = [prepare(text).text for text in texts]
    preparing = time.perf_counter() - started
    tokenizer = Tokenizer.from_file(str(Path(compact.__file__).with_name("weights") / FILE))
    started = time.perf_counter()
    tokens = sum(len(one.ids) for one in tokenizer.encode_batch(ready))
    cutting = time.perf_counter() - started

    words = sum(len(text.split()) for text in texts)
    count = len(texts)
    print(f"{count} comments of {words / count:.0f} words, {tokens / count:.0f} tokens on average")
    print(f"first score after {first:.2f} s, imports and all")
    print(f"{count / whole:,.0f} comments/s on {len(os.sched_getaffinity(0))} cores")
    print(f"peak memory {peak:.0f} MiB")
    print(f"preparation {preparing / whole:.0%}, tokens {cutting / whole:.0%}, the rest the model")


if __name__ == "__main__":
    main()
