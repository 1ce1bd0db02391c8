"""How many comments a second the bundled scorer rates on one core, and what that time goes to.

    python benchmarks/compact_speed.py [--comments 5000]

Comments are drawn from a list of words, lognormal in length (median 40 words, mean about 64),
as comments under articles are. Prints comments per second for the whole scorer and the ratio of
preparation, features and the rest in the same run.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

from triage.scoring.compact import CompactScorer, _windowed
from triage.scoring.features import features
from triage.scoring.prepare import prepare

WORDS = """
the of and to a in that it is was for on are as with they be at one have this from or had
by hot but some what there we can out other were all your when up use word how said an each
she which do their time if will way about many then them would write like so these her long
make thing see him two has look more day could go come did my sound no most number who over
know water than call first people may down side been now find council bridge author article
comment source argument neighbour nonsense wonderful ridiculous policy minister football"""


def comments(count: int, seed: int = 1) -> list[str]:
    draw, words = random.Random(seed), WORDS.split()
    lengths = [max(1, min(400, round(draw.lognormvariate(3.69, 0.95)))) for _ in range(count)]
    return [" ".join(draw.choices(words, k=length)).capitalize() + "." for length in lengths]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=5000)
    texts = comments(parser.parse_args().comments)
    scorer = CompactScorer()

    started = time.perf_counter()
    scorer.score(texts[:1])
    loading = time.perf_counter() - started

    started = time.perf_counter()
    scorer.score(texts)
    whole = time.perf_counter() - started

    started = time.perf_counter()
    for text in texts:
        prepare(text)
    preparing = time.perf_counter() - started

    pieces = [window for _, window, _ in _windowed(texts)]
    started = time.perf_counter()
    for at in range(0, len(pieces), 256):
        features(pieces[at : at + 256])
    hashing = time.perf_counter() - started

    rest = max(0.0, whole - preparing - hashing)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    words = sum(len(text.split()) for text in texts) / len(texts)
    print(f"{len(texts)} comments of {words:.0f} words on average, {len(pieces)} windows")
    print(f"first call (imports, weights): {loading:.2f} s")
    print(f"rated: {len(texts) / whole:,.0f} comments/s, peak memory {peak:.0f} MiB")
    for name, seconds in (("preparation", preparing), ("features", hashing), ("rest", rest)):
        print(f"  {name}: {seconds / whole:.0%}")


if __name__ == "__main__":
    main()
