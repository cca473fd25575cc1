"""What a page draws of networks is what their plain torch modules compute."""

import numpy as np
import pytest
import torch

from demarcate.nn.heads import head_for
from demarcate.studio.map_arrays import MAX_UNITS, MapPlaces, as_int16, card_arrays, mean_logits, monitored_metrics
from demarcate.studio.state import ViewState


@pytest.fixture
def shown(card):
    """A trained card's arrays, their scales, its places and its networks as plain modules."""

    def made(data=None, resolution=20, **settings):
        own = card(**({} if data is None else {"data": data}), **settings)
        own.advance(3, 10.0)
        places = MapPlaces(own.data, ViewState())
        population = own.live.population()
        modules = [population.member(index).requires_grad_(False) for index in range(population.n_members)]
        return own, *card_arrays(own, places, resolution), places, modules

    return made


def assert_equal_but_for_rounding(whole, scale, expected):
    np.testing.assert_allclose(whole * scale, expected, atol=0.51 * scale + 1e-5)


@pytest.mark.parametrize("kind", ["moons", "blobs"])
def test_a_map_has_the_logits_of_the_network_rows_from_the_bottom_up(shown, moons, blobs, kind):
    data = {"moons": moons, "blobs": blobs}[kind]
    _, arrays, scales, places, (module,) = shown(data)
    expected = module(places.of(20)).T.reshape(-1, 20, 20)
    assert arrays["logits"].dtype == np.int16
    assert np.abs(arrays["logits"]).max() == 32767
    assert_equal_but_for_rounding(arrays["logits"], scales["scale"], expected)
    left, _, bottom, _ = data.slice(ViewState()).extent
    corner = torch.from_numpy(data.encoder.encode(data.table.schema.parse(_frame(data, left, bottom))))
    assert_equal_but_for_rounding(arrays["logits"][:, 0, 0], scales["scale"], module(corner)[0])


def _frame(data, x, y):
    import polars as pl

    return pl.DataFrame({name: [value] for name, value in zip(data.slice(ViewState()).columns, (x, y), strict=True)})


def test_monitored_rows_are_those_whose_classes_the_page_has(shown, blobs):
    own, arrays, scales, places, (module,) = shown(blobs)
    rows = torch.from_numpy(blobs.shown_monitored_rows)
    expected = module(blobs.samples.encoded(0)[rows])
    assert_equal_but_for_rounding(arrays["monitored_logits"], scales["row_scale"], expected)
    losses, accuracies = monitored_metrics(own, places)
    codes = torch.from_numpy(blobs.codes)[rows]
    assert losses.item() == pytest.approx(torch.nn.functional.cross_entropy(expected, codes).item(), rel=1e-5)
    assert accuracies.item() == (expected.argmax(1) == codes).double().mean().item()


@pytest.mark.parametrize("kind", ["moons", "blobs"])
def test_with_several_seeds_a_map_is_of_the_mean_probability_and_each_seed_has_a_map(shown, moons, blobs, kind):
    data = {"moons": moons, "blobs": blobs}[kind]
    _, arrays, scales, places, modules = shown(data, resolution=50, seeds=3)
    logits = torch.stack([module(places.of(50)) for module in modules])
    if kind == "moons":
        mean = torch.logit(logits.double().sigmoid().mean(0))
    else:
        mean = logits.double().softmax(-1).mean(0).log()
    assert_equal_but_for_rounding(arrays["logits"], scales["scale"], mean.T.reshape(-1, 50, 50))
    member = arrays["member_logits"] * scales["scale"]
    limit = 32767 * scales["scale"]
    expected = logits.clamp(-limit, limit).transpose(1, 2).reshape(3, -1, 50, 50)
    np.testing.assert_allclose(member, expected, atol=scales["scale"] + 1e-4)


def test_units_are_what_hidden_units_give_each_by_its_largest_output(shown):
    _, arrays, _, places, (module,) = shown(hidden=(20, 3))
    first = module[1](module[0](places.of(24)))
    outputs = torch.cat([first[:, :MAX_UNITS], module[3](module[2](first))], 1)
    expected = (outputs / outputs.abs().amax(0)).T.reshape(MAX_UNITS + 3, 24, 24) * 127
    assert arrays["units"].dtype == np.int8
    np.testing.assert_allclose(arrays["units"], expected, atol=0.51)


def test_weights_are_those_of_the_linear_layers_and_large_networks_send_none(shown):
    _, arrays, _, _, (module,) = shown()
    np.testing.assert_array_equal(arrays["weights"], torch.cat([each.flatten() for each in module.parameters()]))
    assert "weights" not in shown(hidden=(100, 100))[1]


def test_a_linear_network_has_no_units(shown):
    assert "units" not in shown(hidden=())[1]


def test_logits_that_are_no_numbers_or_all_alike_are_whole_numbers_still():
    whole, scale = as_int16(torch.tensor([[torch.nan], [torch.inf], [-torch.inf]]))
    assert whole.ravel().tolist() == [0, 32767, -32767]
    assert np.isfinite(scale)
    assert as_int16(torch.zeros(2, 1)) == (pytest.approx(np.zeros((2, 1))), 1.0)


def test_the_mean_of_certain_networks_stays_finite():
    logits = torch.tensor([[[200.0]], [[300.0]]])
    assert mean_logits(head_for("logit", 2), logits).item() == pytest.approx(200.0, abs=1)
