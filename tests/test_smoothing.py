"""Evening out the wide layers: the same result in full precision, and a smaller range to quantise."""

import copy

import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")
transformers = pytest.importorskip("transformers", reason="needs the train extra")

from index.smoothing import sample_texts, smooth  # noqa: E402

ROWS = [[0, 5, 6, 7, 2], [0, 9, 11, 2], [0, 3, 4, 5, 6, 7, 8, 2]]


@pytest.fixture(scope="module")
def encoder() -> object:
    torch.manual_seed(3)
    shape = transformers.BertConfig(
        vocab_size=20, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    found = transformers.BertModel(shape).eval()
    with torch.no_grad():  # one channel far beyond the others
        found.encoder.layer[1].intermediate.dense.weight[4] *= 200
    return found


def states(encoder: object, row: list[int]) -> object:
    with torch.no_grad():
        return encoder(input_ids=torch.tensor([row]))[0]  # type: ignore[operator]


def test_an_encoder_that_was_evened_out_gives_the_same_states(encoder: object) -> None:
    even = copy.deepcopy(encoder)
    smooth(even, ROWS)
    for row in [*ROWS, [0, 19, 12, 2]]:
        assert torch.allclose(states(encoder, row), states(even, row), atol=1e-4)


def test_the_channels_that_go_into_a_wide_layer_are_nearer_to_one_another(encoder: object) -> None:
    def spread(given: object, name: str) -> float:
        seen = []
        layer = given.encoder.layer[1].output.dense  # type: ignore[attr-defined]
        hook = (layer.linear if name == "even" else layer).register_forward_hook(
            lambda _module, values, _result: seen.append(values[0].abs().reshape(-1, 32).amax(0))
        )
        for row in ROWS:
            states(given, row)
        hook.remove()
        most = torch.stack(seen).amax(0)
        return float(most.max() / most.median())

    even = copy.deepcopy(encoder)
    smooth(even, ROWS)
    assert spread(even, "even") < 0.5 * spread(encoder, "plain")


def test_the_ranges_come_from_the_sample_documents_that_ship() -> None:
    texts = sample_texts()
    assert len(texts) > 50 and all(0 < len(text) <= 800 for text in texts)
