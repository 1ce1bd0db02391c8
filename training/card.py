"""Write a run's figures into the model card.

    python -m training.card training/runs/RUN/figures.json

Fills the parts of docs/scorers.md between `<!-- figures: NAME -->` and `<!-- end -->`, and draws
docs/images/reliability.svg. What the sentences around them say is written by hand. The figures must
be those of the scorer that is bundled.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from training.reliability import drawing
from triage.domain.scores import Label
from triage.scoring.compact import FILES, CompactScorer

__all__ = ["filled"]

Figures = Mapping[str, Any]

_DOCS = Path(__file__).parents[1] / "docs"
_PART = re.compile(r"(<!-- figures: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_SETS = {"wikipedia": "Wikipedia", "reddit": "Reddit", "github": "GitHub"}
_FAILING = {
    "Ihr seid alle widerlich, verschwindet aus unserem Land.": "another language",
    "My dog is a bitch, three years old.": "the other meaning",
    "Kill the lights before you go.": "harmless",
    "My ass hurts from cycling.": "about oneself",
    "Thanks, dickhead, love you.": "among friends, or not",
    "The lights are on but nobody is home with this one.": "a figure of speech",
    "You throw like a girl.": "an insult by comparison",
    "lol ok boomer": "an insult by age",
    "Go back to where you came from.": "an attack by allusion",
    "Giving women the vote was an error.": "rights denied in plain words",
    "The final solution would have fixed that.": "an allusion to history",
    "The minister is lying about the budget, see table 4.": "a claim with its evidence",
    "id iot": "a split word",
    "The deaf man next door lends me his drill and won't take a penny.": "praise of one of a group",
    "I hope the gay couple next door gets the house.": "a kind wish to a group",
    "KYS is the ticker symbol of the steel works.": "initials of something else",
    "haha " * 400: "said over and over",
}
_SHOWN = (
    Label.TOXICITY,
    Label.INSULT,
    Label.THREAT,
    Label.IDENTITY_ATTACK,
    Label.INCIVILITY,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("figures", type=Path)
    figures = json.loads(parser.parse_args().figures.read_text("utf-8"))
    bundled = CompactScorer().info.details["model_sha256"]
    if figures["card"]["sha256"][FILES[0]] != bundled:
        raise SystemExit(
            f"these are the figures of another scorer than the bundled one ({bundled})"
        )
    card = _DOCS / "scorers.md"
    card.write_text(filled(card.read_text("utf-8"), figures), "utf-8")
    panels = {_named(name): figures[name]["bands"] for name in _labels(figures)}
    (_DOCS / "images" / "reliability.svg").write_text(drawing(panels), "utf-8")


def filled(card: str, figures: Figures) -> str:
    """Return the card with its parts renewed. Raises KeyError for a part of another name."""
    return _PART.sub(lambda part: f"{part[1]}{_PARTS[part[2]](figures)}\n{part[3]}", card)


def _labels(figures: Figures) -> list[str]:
    return [name for name in figures if name.split(" ")[0] in _SETS]


def _named(name: str) -> str:
    source, _, label = name.partition(" ")
    return f"{label}, {_SETS[source]}"


def _label_table(figures: Figures) -> str:
    def row(name: str) -> Sequence[str]:
        own = figures[name]
        source, _, label = name.partition(" ")
        return (
            _SETS[source],
            label,
            f"{own['positives']} of {own['rows']:,}",
            f"**{own['auc']:.4f}** ({_between(own['auc_95'])})",
            f"{own['baseline_auc']:.4f}" if "baseline_auc" in own else "",
            f"{own['gain_95'][0]:+.3f} to {own['gain_95'][1]:+.3f}" if "gain_95" in own else "",
            f"{own['average_precision']:.2f}",
            f"{own['ece']:.3f} ({_between(own['ece_95'])})",
        )

    head = ("comments", "label", "positives", "AUC (95 %)", "linear", "gain (95 %)")
    names = _labels(figures)
    table = _table((*head, "average precision", "ECE (95 %)"), map(row, names))
    six = [figures[name] for name in names if name.startswith("wikipedia")]
    without = [figures[n] for n in names if n.startswith("wikipedia") and "threat" not in n]
    return (
        f"{table}\n\nMean AUC of the six Wikipedia labels: **{figures['mean auc']:.4f}** "
        f"({_between(figures['mean auc 95'])}){_mean_baseline(six)}; without threat, which rests "
        f"on few comments, {mean(one['auc'] for one in without):.4f}{_mean_baseline(without)}."
    )


def _mean_baseline(figures: Sequence[Figures]) -> str:
    known = [one["baseline_auc"] for one in figures if "baseline_auc" in one]
    return f", linear {mean(known):.4f}" if known else ""


def _band_table(figures: Figures) -> str:
    names = ("wikipedia toxicity", "reddit incivility", "github incivility")
    found = {name: {one["from"]: one for one in figures[name]["bands"]} for name in names}
    edges = sorted({(one["from"], one["to"]) for own in names for one in found[own].values()})

    def cell(name: str, start: float) -> str:
        if (own := found[name].get(start)) is None:
            return ""
        return f"{own['positive']['of']:,}: {own['mean_score']:.2f}, {own['positive']['share']:.2f}"

    rows = ((f"{low} to {high}", *(cell(name, low) for name in names)) for low, high in edges)
    return _table(("score", *map(_named, names)), rows)


def _tone_table(figures: Figures) -> str:
    tone = figures["tone"]
    rows = (
        (
            kind,
            "contempt" if own["uncivil"] else "civil",
            str(own["flagged"]["of"]),
            _share(own["flagged"]),
            f"{own['incivility']:.2f}",
        )
        for kind, own in tone["kinds"].items()
    )
    head = ("kind", "side", "comments", "flagged (95 %)", "mean incivility")
    return (
        f"{_table(head, rows)}\n\nOf all, contempt is flagged in {_share(tone['uncivil'])}, civil "
        f"comments in {_share(tone['civil'])}; the AUC of incivility is {tone['auc']:.3f} "
        f"({_between(tone['auc_95'])})."
    )


def _frame_table(figures: Figures) -> str:
    frames = ("kind", "neutral", "counter-speech", "hostile")
    rows = (
        (
            f"{label} ({own['threshold']})",
            *(_share(own["at_or_above"][frame]) for frame in frames),
            f"{own['auc']:.3f}",
        )
        for label, own in figures["bias"].items()
    )
    return _table(("label (threshold)", *frames, "AUC hostile against the rest"), rows)


def _group_table(figures: Figures) -> str:
    groups = figures["bias"][Label.IDENTITY_ATTACK]["groups"]
    order = sorted(groups, key=lambda name: (-groups[name]["false_positives"]["share"], name))
    rows = (
        (
            name,
            _share(groups[name]["false_positives"]),
            _share(groups[name]["attacks_found"]),
            *(f"{groups[name][kind]:.3f}" for kind in ("subgroup", "bpsn", "bnsp")),
        )
        for name in order
    )
    return _table(("group", "false positives", "attacks found", "within", "BPSN", "BNSP"), rows)


def _evasion_table(figures: Figures) -> str:
    rows = (
        (
            name,
            "yes" if own["trained"] else "no",
            f"{own['lost']:.3f}",
            f"{own['caught']:.0%}",
        )
        for name, own in figures["evasion"].items()
        if isinstance(own, dict)
    )
    own = figures["evasion"]
    return (
        f"{_table(('disguise', 'met in training', 'AUC lost', 'still caught'), rows)}\n\n"
        f"{own['texts_changed']} of the comments have a listed word; {own['caught_openly']} toxic "
        "ones of these reach 0.5 openly, and *still caught* is the share of them that still does."
    )


def _other_table(figures: Figures) -> str:
    spans, clean, long = figures["spans"], figures["clean text"], figures["dilution"]
    drift = figures["drift"]
    found = {
        f"F1 of the marked characters, {spans['rows']} held-out comments": (
            f"{spans['f1']:.3f} ({_between(spans['f1_95'])})"
        ),
        "most that a score of 1,000 comments moves in other company": (
            f"{figures['neighbours']:.1g}"
        ),
        "int8 against float32, scores of 1,000 comments": (
            f"{drift['mean']:.4f} on average, 99 in 100 comments within "
            f"{drift['99 of 100 within']:.2f}, at most {drift['greatest']:.2f}"
        ),
        "mean AUC of the six Wikipedia labels in float32, and in int8 as shipped": (
            f"{drift['mean auc']:.4f}, {figures['mean auc']:.4f}"
        ),
        "the graph with only its word embeddings in int8 against torch, logits of 200 texts": (
            f"{drift['export']:.3f} at most"
        ),
        f"{clean['texts']:,} harmless comments at 0.5 or more for toxicity": (
            f"{clean['all_at_or_above_half']:.1%}; of the {clean['touched']} that the preparation "
            f"changes {clean['touched_at_or_above_half']:.1%}"
        ),
        f"{long['paragraphs']} comments at 0.7 or more, each amid 9,000 civil characters": (
            f"{long['still_at_or_above_half']:.0%} still at 0.5, "
            f"{long['still_at_or_above_0.7']:.0%} at 0.7; the civil ones alone score "
            f"{long['civil_text_alone']:.2f}"
        ),
    }
    return _table(("what", "figure"), found.items())


def _failing_table(_figures: Figures) -> str:
    scored = CompactScorer().score(list(_FAILING))
    rows = (
        (text[:60].strip(), *(f"{scores.values[label]:.2f}" for label in _SHOWN), why)
        for (text, why), scores in zip(_FAILING.items(), scored, strict=True)
    )
    return _table(("text", *(label.replace("_", " ") for label in _SHOWN), "why"), rows)


_PARTS: Mapping[str, Callable[[Figures], str]] = {
    "labels": _label_table,
    "bands": _band_table,
    "tone": _tone_table,
    "frames": _frame_table,
    "groups": _group_table,
    "evasion": _evasion_table,
    "other": _other_table,
    "failing": _failing_table,
}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _between(interval: Sequence[float]) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}"


def _share(own: Figures) -> str:
    low, high = own["share_95"]
    return f"{own['share']:.0%} ({low:.0%} to {high:.0%})"


if __name__ == "__main__":
    main()
