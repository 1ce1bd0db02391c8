"""Detoxify's four kinds of network as graphs: in float32 what torch computes, in int8 near it."""

from __future__ import annotations

import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.scoring.tiny_detoxify import PROSE, needs_detoxify, write_original
from tests.scoring.tiny_networks import KINDS, PADDING, WORDS, tiny_network
from triage.errors import ScorerError
from triage.scoring.batching import padded
from triage.scoring.calibration_texts import LANGUAGES, calibration_texts
from triage.scoring.onnx_classifier import OnnxClassifier
from triage.scoring.quantise import Quantised, calibration_windows, exact_graph, quantised

pytestmark = needs_detoxify

EXACT = 1e-5


def windows(count: int, seed: int) -> list[list[int]]:
    """Return token ids of one token up to 512, among them a pad token that was typed."""
    draw = random.Random(seed)
    lengths = [1, 2, 512] + [
        max(1, min(512, round(draw.lognormvariate(3.7, 1)))) for _ in range(count - 4)
    ]
    texts = [[draw.randrange(3, WORDS) for _ in range(length)] for length in lengths]
    return [*texts, [0, 5, PADDING, 9, PADDING, 7, 2]]


SEEN, HELD_OUT = windows(100, seed=1), windows(60, seed=2)


def by_torch(model: Any, texts: list[list[int]]) -> np.ndarray:
    """Return the sigmoid of every output, one text at a time, as Detoxify would."""
    import torch

    with torch.inference_mode():
        rows = [
            torch.sigmoid(model(torch.tensor([text]), torch.ones(1, len(text)).long()).logits[0])
            for text in texts
        ]
    return torch.stack(rows).numpy()


@cache
def network(kind: str) -> Any:
    return tiny_network(kind)


@cache
def in_int8(kind: str) -> Quantised:
    return quantised(network(kind), SEEN)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_float32_graph_computes_what_torch_computes(kind: str) -> None:
    wanted = by_torch(network(kind), HELD_OUT)
    assert wanted.std(axis=0).min() > 500 * EXACT, "the texts do differ"
    found = OnnxClassifier(exact_graph(network(kind))).outputs(HELD_OUT)
    assert found == pytest.approx(wanted, abs=EXACT)


def test_int8_stays_near_float32(kind: str) -> None:
    wanted = by_torch(network(kind), HELD_OUT)
    gaps = abs(OnnxClassifier(in_int8(kind).graph).outputs(HELD_OUT) - wanted)
    assert gaps.mean() < 0.015  # measured: 0.007 to 0.010, the greatest 0.04 to 0.12
    assert np.quantile(gaps, 0.99) < 0.1


def test_the_same_texts_give_the_same_file(kind: str) -> None:
    assert quantised(network(kind), SEEN[:20]).graph == quantised(network(kind), SEEN[:20]).graph


def test_int8_is_a_quarter_of_the_size(kind: str) -> None:
    model = tiny_network(kind, vocab_size=5000, hidden_size=128, intermediate_size=512)
    small, whole = quantised(model, SEEN[:20]).graph, exact_graph(model)
    assert len(small) < 0.4 * len(whole)


def test_what_int8_is_off_by_is_measured_on_texts_kept_apart(kind: str) -> None:
    made = in_int8(kind)
    apart = SEEN[::5]
    gaps = abs(OnnxClassifier(made.graph).outputs(apart) - by_torch(network(kind), apart))
    assert (made.mean, made.greatest) == pytest.approx((gaps.mean(), gaps.max()), abs=1e-6)
    assert 0 < made.mean < made.greatest


def test_a_score_does_not_hang_on_its_neighbours(kind: str) -> None:
    model = OnnxClassifier(in_int8(kind).graph)
    alone = model.outputs(HELD_OUT, budget=1)
    for seed, budget in enumerate((64, 512, 5000, 100_000)):
        order = random.Random(seed).sample(range(len(HELD_OUT)), len(HELD_OUT))
        mixed = model.outputs([HELD_OUT[at] for at in order], budget=budget)
        assert abs(mixed - alone[order]).max() < 0.005


def test_every_output_of_every_length_comes_in_order(kind: str) -> None:
    model = OnnxClassifier(in_int8(kind).graph)
    texts = [[5] * length for length in (512, 1, 300, 2, 512, 1)]
    found = model.outputs(texts)
    assert found.shape == (6, model.width)
    assert model.width == (16 if "roberta" in kind else 6)
    assert ((found > 0) & (found < 1)).all()
    assert found[0] == pytest.approx(found[4], abs=1e-4)
    assert found[1] == pytest.approx(found[5], abs=1e-4)
    assert abs(found[0] - found[1]).max() > 0.01
    assert model.outputs([]).shape == (0, model.width)


def test_what_the_model_cannot_read_is_refused(kind: str) -> None:
    model = OnnxClassifier(in_int8(kind).graph)
    assert model.longest == 512
    for wrong in ([], [5] * 513):
        with pytest.raises(ValueError, match="between 1 and 512 tokens"):
            model.outputs([[5], wrong])
    for wrong in ([WORDS], [5, -1]):
        with pytest.raises(ValueError, match="id lies between 0 and"):
            model.outputs([[5], wrong])


def test_the_padding_of_a_batch_is_not_read(kind: str) -> None:
    from onnxruntime import InferenceSession

    inputs = padded([[5, 6, 7], [8, 9, 10, 11, 12, 13]])
    session = InferenceSession(in_int8(kind).graph)
    (before,) = session.run(["outputs"], inputs)
    inputs["ids"][0, 3:] = 20
    (after,) = session.run(["outputs"], inputs)
    assert after == pytest.approx(before, abs=1e-6)


def test_albert_groups_of_several_layers_come_in_their_order() -> None:
    model = tiny_network("albert", num_hidden_layers=4, num_hidden_groups=2, inner_group_num=2)
    found = OnnxClassifier(exact_graph(model)).outputs(HELD_OUT)
    assert found == pytest.approx(by_torch(model, HELD_OUT), abs=EXACT)


def test_a_network_of_another_kind_is_refused() -> None:
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    other = DistilBertForSequenceClassification(DistilBertConfig(n_layers=1, dim=24, n_heads=2))
    with pytest.raises(ScorerError, match="only BERT, RoBERTa, XLM-R and ALBERT"):
        exact_graph(other)


@pytest.mark.parametrize("changes", [{"hidden_act": "relu"}, {"is_decoder": True}])
def test_settings_that_compute_something_else_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ScorerError, match=next(iter(changes))):
        exact_graph(tiny_network("bert", **changes))


def test_a_model_whose_weights_are_damaged_is_refused() -> None:
    import torch

    model = tiny_network("bert")
    with torch.no_grad():
        model.bert.encoder.layer[1].output.dense.weight[3, 3] = float("nan")
        model.bert.encoder.layer[0].output.dense.weight[3, 3] = float("nan")
    with pytest.raises(ScorerError, match="infinite"):
        quantised(model, SEEN)


def test_ranges_from_next_to_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="say too little"):
        quantised(network("bert"), SEEN[:9])


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "none", "another graph"])
def test_a_damaged_graph_is_refused(tmp_path: Path, damage: str) -> None:
    from triage.scoring import compact

    whole = in_int8("bert").graph
    path = tmp_path / "model.onnx"
    contents = {"cut": whole[: len(whole) // 2], "empty": b"", "text": b"<html>not found</html>"}
    if damage in contents:
        path.write_bytes(contents[damage])
    if damage == "another graph":
        path = Path(compact.__file__).with_name("weights") / compact.FILES[0]
    with pytest.raises(ScorerError, match=r"model\.onnx|compact\.onnx") as caught:
        OnnxClassifier(path)
    assert "convert the model again" in str(caught.value)


def test_a_graph_is_run_from_its_file_too_and_without_torch(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(in_int8("bert").graph)
    assert (
        OnnxClassifier(path).outputs([[5, 6]])
        == OnnxClassifier(path.read_bytes()).outputs([[5, 6]])
    ).all()
    code = (
        "import sys; from pathlib import Path\n"
        "from triage.scoring.onnx_classifier import OnnxClassifier\n"
        f"OnnxClassifier(Path({str(path)!r})).outputs([[5, 6], [7]])\n"
        "print(sorted({'torch', 'transformers', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_our_own_texts_are_of_all_lengths_and_languages() -> None:
    english, many = calibration_texts(), calibration_texts(languages=LANGUAGES)
    assert english == calibration_texts(), "the same every time"
    assert len(set(english)) > 0.98 * len(english)
    lengths = sorted(len(text.split()) for text in english)
    assert lengths[0] <= 5
    assert 30 < lengths[len(lengths) // 2] < 50
    assert lengths[-1] > 400
    assert any("\u0430" <= char <= "\u044f" for text in many for char in text)
    assert not any("\u0430" <= char <= "\u044f" for text in english for char in text)


def test_texts_are_read_as_the_model_reads_them(tmp_path: Path) -> None:
    from transformers import BertTokenizer

    write_original(tmp_path)
    tokenizer = BertTokenizer.from_pretrained(tmp_path / "original")
    model = tiny_network("bert", vocab_size=len(tokenizer))
    own = calibration_windows(model, tokenizer)
    assert len(own) == len(calibration_texts())
    assert max(map(len, own)) == 512
    assert {(one[0], one[-1]) for one in own} == {(tokenizer.cls_token_id, tokenizer.sep_token_id)}
    assert calibration_windows(model, tokenizer, [PROSE]) == [tokenizer(PROSE)["input_ids"]]
