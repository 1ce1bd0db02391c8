"""The written graph computes what the trained encoder computes, in float32 and in int8."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from tokenizers import Tokenizer

from tests.training.word_tokenizer import word_tokenizer
from training import encoder as shapes
from training.encoder import Encoder
from training.graph import UNCALIBRATED, Calibration, build, unpacked
from training.quantisation import quantised
from training.train_compact import trained
from triage.scoring.compact import LABELS
from triage.scoring.onnx_runtime import OnnxModel
from triage.tuning.calibration import bent

TEXTS = ["one two three", "two", "three two one one two", "one one"]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return word_tokenizer("one", "two", "three")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    torch.manual_seed(5)
    model = Encoder(len(LABELS)).eval()
    with torch.no_grad():
        model.sentence.weight.mul_(4)
    return model


@contextmanager
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def batch(tokenizer: Tokenizer) -> tuple[np.ndarray, np.ndarray]:
    rows = [one.ids for one in tokenizer.encode_batch(TEXTS)]
    ids = np.zeros((len(rows), max(map(len, rows))), np.int32)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = row
    return ids, (np.arange(ids.shape[1]) < [[len(row)] for row in rows]).astype(np.int32)


def wanted(encoder: Encoder, ids: np.ndarray, real: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    with one_thread(), torch.no_grad():
        labels, spans = encoder(torch.from_numpy(ids).long(), torch.from_numpy(real).bool())
    return labels.numpy().astype(float), spans.numpy().astype(float)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def test_the_float_graph_is_the_encoder(encoder: Encoder, tokenizer: Tokenizer) -> None:
    ids, real = batch(tokenizer)
    graph = build(encoder, None).SerializeToString()
    ((labels, spans),) = OnnxModel(graph, ["labels", "spans"]).run([{"ids": ids, "real": real}])
    label_logits, span_logits = wanted(encoder, ids, real)
    assert labels == pytest.approx(sigmoid(label_logits), abs=0.005)
    assert spans[real > 0] == pytest.approx(sigmoid(span_logits)[real > 0], abs=0.005)


def test_int8_stays_near_and_hangs_on_no_neighbour(encoder: Encoder, tokenizer: Tokenizer) -> None:
    ids, real = batch(tokenizer)
    graph = build(encoder, quantised(encoder, tokenizer, TEXTS)).SerializeToString()
    model = OnnxModel(graph, ["labels"])
    ((together,),) = model.run([{"ids": ids, "real": real}])
    label_logits, _ = wanted(encoder, ids, real)
    assert together == pytest.approx(sigmoid(label_logits), abs=0.1)
    for row, length in enumerate(real.sum(axis=1)):
        alone = {"ids": ids[row : row + 1, :length], "real": real[row : row + 1, :length]}
        ((apart,),) = model.run([alone])
        assert apart[0] == pytest.approx(together[row], abs=1e-5)


def test_the_calibration_is_in_the_graph(encoder: Encoder, tokenizer: Tokenizer) -> None:
    ids, real = batch(tokenizer)
    bends = np.linspace([0.5, 1.5, -1.0], [2.0, 0.5, 1.0], len(LABELS))
    given = {"ids": ids, "real": real}
    plain, bended = (
        onnxruntime.InferenceSession(build(encoder, None, calibration).SerializeToString()).run(
            ["labels", "spans"], given
        )
        for calibration in (UNCALIBRATED, Calibration(bends, marks=1.5))
    )
    logits = np.log(plain[0]) - np.log1p(-plain[0])
    for at, parameters in enumerate(bends):
        assert bended[0][:, at] == pytest.approx(bent(logits[:, at], parameters), abs=1e-4)
    assert bended[1] == pytest.approx(
        sigmoid(np.log(plain[1]) - np.log1p(-plain[1]) + 1.5), abs=1e-4
    )


def test_the_encoder_starts_from_a_bert_checkpoint() -> None:
    from transformers import BertConfig, BertModel

    config = BertConfig(
        hidden_size=shapes.WIDTH,
        num_hidden_layers=shapes.LAYERS,
        num_attention_heads=shapes.HEADS,
        intermediate_size=shapes.INNER,
    )
    reference = BertModel(config).eval()
    model = Encoder(len(LABELS)).eval()
    model.start_from(reference.state_dict())
    found: list[torch.Tensor] = []
    model.layers[-1].register_forward_hook(lambda *parts: found.append(parts[2]))
    ids = torch.tensor([[101, 2023, 2003, 102], [101, 2748, 102, 0]])
    real = ids > 0
    with one_thread(), torch.no_grad():
        model(ids, real)
        hidden = reference(ids, attention_mask=real.long()).last_hidden_state
    assert found[0][real] == pytest.approx(hidden[real], abs=1e-4)


@pytest.mark.parametrize("packed", [True, False], ids=["int8", "float32"])
def test_the_weights_can_be_taken_out_of_a_graph_again(
    encoder: Encoder, tokenizer: Tokenizer, packed: bool
) -> None:
    packing = quantised(encoder, tokenizer, TEXTS) if packed else None
    found = unpacked(build(encoder, packing, UNCALIBRATED).SerializeToString())
    rounded = (
        {name: (own[0] * own[1]).T for name, own in packing.weights.items()} if packing else {}
    )
    for at in range(shapes.LAYERS):
        name = f"layers.{at}.attend"
        if thirds := [rounded.pop(one) for one in sorted(rounded) if one.startswith(f"{name}.")]:
            key, query, value = thirds
            rounded[name] = np.concatenate([query, key, value])
    state = encoder.state_dict()
    assert found.keys() == state.keys()
    for name, value in state.items():
        if name.endswith(".weight") and (own := rounded.pop(name[:-7], None)) is not None:
            assert np.array_equal(found[name], own), name
            continue
        step = float(value.abs().max()) / 63
        assert np.abs(found[name] - value.numpy()).max() <= 0.51 * step, name
    assert not rounded, "every weight in int8 was found"


def test_training_can_go_on_from_an_earlier_graph(encoder: Encoder, tmp_path: Path) -> None:
    earlier = tmp_path / "compact.onnx"
    earlier.write_bytes(build(encoder, None, UNCALIBRATED).SerializeToString())
    found = trained(earlier, seed=7).state_dict()
    assert found.keys() == encoder.state_dict().keys()
    for name in ("token.weight", "layers.0.attend.weight", "layers.5.narrow.bias"):
        assert torch.equal(found[name], encoder.state_dict()[name]), name
