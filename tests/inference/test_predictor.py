import copy
import math
import pickle
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.encoding import TableEncoder
from demarcate.errors import InputWarning, SettingError
from demarcate.evaluation import Costs
from demarcate.evaluation.conformal import Conformal
from demarcate.inference import predictor as module
from demarcate.inference.predictor import Predictor
from demarcate.nn import Network
from demarcate.nn.heads import head_for
from demarcate.nn.mlp_family import MLP
from demarcate.tabular import infer_schema

N_ROWS = 60
NETWORKS = [
    Network(hidden=(8,)),
    Network(hidden=(5,)),
    Network(hidden=(8, 4), activation="tanh", dropout=0.5),
    Network(hidden=()),
    Network(hidden=(6,), activation="sigmoid"),
]
ENCODING = (0, 1, 1, 0, 1)


def mixed_table(n_rows=N_ROWS, seed=0):
    draw = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "age": draw.normal(50, 10, n_rows),
            "thal": draw.choice(["fixed", "normal", "reversible"], n_rows),
            "pain": [None if value < -1 else value for value in draw.normal(0, 1, n_rows)],
        }
    )


def untrained(classes=("ill", "well"), threshold=None, networks=NETWORKS, encoding=ENCODING):
    """An ensemble of networks of several kinds behind two encoders, with the weights it begins from."""
    table = mixed_table()
    schema = infer_schema(table)
    parsed = schema.parse(table)
    encoders = [TableEncoder.fit(schema, parsed, np.arange(start, 60)) for start in (0, 20)]
    head = head_for("auto", len(classes))
    widths = [
        network.widths(encoders[encoder].n_encoded, head.n_outputs(len(classes)))
        for network, encoder in zip(networks, encoding, strict=True)
    ]
    states = [
        MLP.initial_state(width, torch.Generator().manual_seed(seed), torch.float32)
        for seed, width in enumerate(widths)
    ]
    return Predictor.of(
        schema=schema,
        encoders=encoders,
        encoding=encoding,
        networks=networks,
        states=states,
        head=head,
        classes=np.array(classes),
        threshold=threshold,
    )


@pytest.mark.parametrize("classes", [("ill", "well"), ("a", "b", "c")])
def test_probabilities_are_the_mean_over_plain_sequentials_fed_their_own_encoding(classes):
    ensemble, table = untrained(classes), mixed_table(37, seed=1)
    means = []
    for index in range(ensemble.n_members):
        logits = ensemble.member(index)(ensemble.encode(table, index)).detach().double()
        if len(classes) == 2:
            means.append(torch.cat([1 - torch.sigmoid(logits), torch.sigmoid(logits)], 1))
        else:
            means.append(torch.softmax(logits, 1))
    expected = torch.stack(means).mean(0).numpy()
    np.testing.assert_allclose(ensemble.predict_proba(table), expected, atol=1e-6)
    np.testing.assert_allclose(ensemble.member_probabilities(table), torch.stack(means).numpy(), atol=1e-6)
    np.testing.assert_allclose(ensemble.predict_proba(table).sum(1), 1, atol=1e-12)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(
    rows=st.lists(st.integers(0, N_ROWS - 1), min_size=1, max_size=80),
    columns=st.permutations(["age", "thal", "pain"]),
    chunk=st.integers(1, 90),
)
def test_a_row_is_judged_the_same_in_any_company_order_and_chunk(rows, columns, chunk):
    ensemble, table = untrained(), mixed_table()
    expected = ensemble.predict_proba(table)[rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LOOKUP_BLOCK", chunk)
        patch.setattr(module, "_MIN_BLOCK", 1)
        np.testing.assert_allclose(ensemble.predict_proba(table.select(columns)[rows]), expected, atol=1e-6)


def test_small_chunks_really_are_chunks(monkeypatch):
    ensemble, table = untrained(), mixed_table()
    whole = ensemble.logits(table)
    monkeypatch.setattr(type(MLP), "starts_linear", False)
    monkeypatch.setattr(module, "_MAX_CHUNK", 200)
    chunks = [rows for rows, _ in ensemble._member_probabilities(ensemble.parse(table), range(5))]
    assert len(chunks) > 3
    assert [row for rows in chunks for row in range(rows.start, rows.stop)] == list(range(N_ROWS))
    torch.testing.assert_close(ensemble.logits(table), whole)


def test_some_members_give_the_mean_over_them():
    ensemble, table = untrained(), mixed_table()
    each = ensemble.member_probabilities(table)
    for members in ([0], [4, 2], [1, 2, 3]):
        means = ensemble.probabilities(ensemble.parse(table), members)
        np.testing.assert_allclose(means, each[members].mean(0), atol=1e-6)


def test_members_keep_their_places():
    ensemble = untrained()
    assert ensemble.networks == tuple(NETWORKS)
    for index, state in enumerate(ensemble.states()):
        for (weight, bias), layer in zip(
            state, [one for one in ensemble.member(index) if isinstance(one, torch.nn.Linear)], strict=True
        ):
            assert torch.equal(weight, layer.weight)
            assert torch.equal(bias, layer.bias)


@pytest.mark.parametrize("index", [-1, 5, 100])
def test_a_member_that_is_not_there_is_an_index_error(index):
    with pytest.raises(IndexError, match=rf"^members are numbered from 0 to 4, got {index}$"):
        untrained().member(index)


def test_without_a_threshold_the_likelier_class_is_predicted():
    ensemble = untrained(("a", "b", "c"))
    chances = np.array([[0.2, 0.5, 0.3], [0.4, 0.3, 0.3], [0.1, 0.1, 0.8]])
    assert ensemble.decide(chances).tolist() == ["b", "a", "c"]
    table = mixed_table()
    assert ensemble.predict(table).tolist() == ensemble.classes[ensemble.predict_proba(table).argmax(1)].tolist()


@pytest.mark.parametrize("threshold", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_threshold_is_the_probability_from_which_the_second_class_is_predicted(threshold):
    chances = np.array([0.0, 0.09, 0.1, 0.49, 0.5, 0.9, 1.0])
    decided = untrained(threshold=threshold).decide(np.stack([1 - chances, chances], 1))
    assert decided.tolist() == ["well" if chance >= threshold else "ill" for chance in chances]


ABSURD = [1e308, -1e308, math.inf, -math.inf, math.nan, None, 0.0, 5e-324]


@pytest.mark.parametrize("classes", [("ill", "well"), ("a", "b", "c")])
def test_absurd_cells_give_probabilities_and_never_nan(classes):
    table = pl.DataFrame(
        {"age": ABSURD, "thal": ["fixed", None, "", *["normal"] * 5], "pain": ABSURD[::-1]}, strict=False
    )
    with pytest.warns(InputWarning, match="2 cells are infinite, read as missing") as warned:
        chances = untrained(classes).predict_proba(table)
    assert [str(warning.message)[:13] for warning in warned] == ["column 'age':", "column 'pain'"]
    assert np.isfinite(chances).all()
    assert chances.min() >= 0
    np.testing.assert_allclose(chances.sum(1), 1, atol=1e-12)


@pytest.mark.parametrize("classes", [("ill", "well"), ("a", "b", "c")])
@pytest.mark.parametrize("scale", [1e20, 3e38])
def test_weights_so_large_that_logits_overflow_still_give_probabilities(classes, scale):
    ensemble = untrained(classes)
    for population in ensemble.populations:
        population.flat.copy_(population.flat.sign() * scale)
    chances = ensemble.predict_proba(mixed_table())
    assert np.isfinite(chances).all()
    np.testing.assert_allclose(chances.sum(1), 1, atol=1e-12)


def test_a_table_without_rows_has_no_predictions():
    ensemble, table = untrained(), mixed_table().head(0)
    assert ensemble.predict_proba(table).shape == (0, 2)
    assert ensemble.predict(table).shape == (0,)
    assert ensemble.logits(table).shape == (5, 0, 1)


def test_another_record_changes_nothing_else():
    ensemble = untrained()
    noted = ensemble.with_record({"scores": 1})
    assert (noted.record, ensemble.record) == ({"scores": 1}, {})
    assert np.array_equal(noted.predict_proba(mixed_table()), ensemble.predict_proba(mixed_table()))


def test_copies_and_pickles_predict_the_same_and_hold_no_lookup():
    ensemble, table = untrained(), mixed_table()
    expected = ensemble.predict_proba(table)
    assert b"FirstLayerLookup" not in pickle.dumps(ensemble)
    for again in (pickle.loads(pickle.dumps(ensemble)), copy.copy(ensemble), copy.deepcopy(ensemble)):
        assert np.array_equal(again.predict_proba(table), expected)


def test_predicting_changes_no_weight_and_repeats_to_the_bit():
    ensemble, table = untrained(), mixed_table()
    before = [population.flat.clone() for population in ensemble.populations]
    assert np.array_equal(ensemble.predict_proba(table), ensemble.predict_proba(table))
    assert all(torch.equal(flat, one.flat) for flat, one in zip(before, ensemble.populations, strict=True))


class TestWeights:
    WEIGHTS = (0.05, 0.4, 0.1, 0.2, 0.25)

    def weighted(self, **attributes):
        return replace(untrained(("a", "b", "c")), weights=self.WEIGHTS, **attributes)

    def test_probabilities_are_the_weighted_mean(self):
        ensemble, table = self.weighted(), mixed_table(37, seed=1)
        each = ensemble.member_probabilities(table)
        expected = np.average(each, axis=0, weights=self.WEIGHTS)
        np.testing.assert_allclose(ensemble.predict_proba(table), expected, atol=1e-7)
        assert abs(ensemble.predict_proba(table) - each.mean(0)).max() > 1e-3

    def test_some_members_keep_their_weights_among_themselves(self):
        ensemble, table = self.weighted(), mixed_table()
        each, parsed = ensemble.member_probabilities(table), ensemble.parse(table)
        encoded = {index: torch.from_numpy(own.encode(parsed)) for index, own in enumerate(ensemble.encoders)}
        for members in ([0], [2, 4], [1, 2, 3]):
            weights = [self.WEIGHTS[member] for member in members]
            expected = np.average(each[members], axis=0, weights=weights)
            np.testing.assert_allclose(ensemble.probabilities(parsed, members), expected, atol=1e-7)
            np.testing.assert_allclose(ensemble.probabilities_encoded(encoded, members), expected, atol=1e-7)

    def test_the_spread_is_the_weighted_standard_deviation(self):
        ensemble, table = self.weighted(), mixed_table()
        each = ensemble.member_probabilities(table)
        variance = np.average((each - ensemble.predict_proba(table)) ** 2, axis=0, weights=self.WEIGHTS)
        np.testing.assert_allclose(ensemble.spread(table), np.sqrt(variance), atol=1e-6)

    def test_rows_that_are_encoded_and_multiplied_give_the_same(self, monkeypatch):
        ensemble, table = self.weighted(), mixed_table()
        looked_up = ensemble.predict_proba(table)
        monkeypatch.setattr(type(MLP), "starts_linear", False)
        np.testing.assert_allclose(ensemble.predict_proba(table), looked_up, atol=1e-6)

    @pytest.mark.parametrize("temperature", [None, 3.0])
    def test_without_weights_the_bits_are_those_of_the_plain_mean(self, temperature):
        ensemble, table = replace(untrained(("a", "b", "c")), temperature=temperature), mixed_table()
        means = ensemble.member_probabilities(table).mean(0)
        assert ensemble.predict_proba(table).tobytes() == module.scale(means, temperature).tobytes()

    @pytest.mark.parametrize("weights", [(0.5, 0.5), (0.5, 0.5, 0.0, 0.0, 0.0), (0.2, 0.2, 0.2, 0.2, 0.3)])
    def test_weights_that_are_no_shares_of_a_mean_are_refused(self, weights):
        with pytest.raises(SettingError, match=r"^weights must "):
            replace(untrained(), weights=weights)

    def test_a_predictor_is_built_of_any_sequence_of_numbers(self):
        plain = untrained()
        parts = {
            name: getattr(plain, name) for name in ("schema", "encoders", "encoding", "classes", "networks", "head")
        }
        built = Predictor.of(**parts, states=plain.states(), weights=np.full(5, 0.2), folds=np.arange(5))
        assert (built.weights, built.folds) == ((0.2,) * 5, (0, 1, 2, 3, 4))
        assert {*map(type, built.weights), *map(type, built.folds)} == {float, int}


class TestTemperature:
    def test_it_is_applied_to_the_mean_of_the_members(self):
        ensemble, table = untrained(("a", "b", "c")), mixed_table()
        means = ensemble.member_probabilities(table).mean(0)
        powers = means ** (1 / 3)
        warm = replace(ensemble, temperature=3.0)
        np.testing.assert_allclose(warm.predict_proba(table), powers / powers.sum(1, keepdims=True), atol=1e-9)
        assert warm.predict(table).tolist() == ensemble.predict(table).tolist()

    def test_members_and_what_is_made_of_them_stay_as_they_are(self):
        ensemble, table = untrained(), mixed_table()
        warm = replace(ensemble, temperature=3.0)
        np.testing.assert_array_equal(warm.member_probabilities(table), ensemble.member_probabilities(table))
        np.testing.assert_array_equal(warm.spread(table), ensemble.spread(table))


class TestCosts:
    CHANCES = np.array([[0.9, 0.1], [0.7, 0.3], [0.4, 0.6]])

    def test_decisions_are_those_of_least_expected_cost(self):
        costs = Costs.of(("ill", "well"), {"false_negative": 4}, positive="well")
        assert untrained().deciding(costs).decide(self.CHANCES).tolist() == ["ill", "well", "well"]
        three = Costs.of("abc", {("c", "a"): 100})
        decided = untrained(("a", "b", "c")).deciding(three).decide(np.array([[0.9, 0.04, 0.06], [0.1, 0.2, 0.7]]))
        assert decided.tolist() == ["c", "c"]

    def test_for_two_classes_the_threshold_is_stated(self):
        costs = Costs.of(("ill", "well"), {"false_negative": 4}, positive="well")
        assert untrained().deciding(costs).threshold == 0.2
        assert untrained(threshold=0.3).deciding(None).threshold is None

    def test_rows_that_are_not_decided_are_none(self):
        abstaining = untrained().deciding(Costs.of(("ill", "well"), None, 0.35))
        decided = abstaining.decide(self.CHANCES)
        assert decided.dtype == object
        assert decided.tolist() == ["ill", "ill", None]
        assert abstaining.predict(mixed_table().head(0)).tolist() == []

    def test_labels_in_an_array_of_objects_are_still_themselves(self):
        decided = untrained((3, 7)).deciding(Costs.of((3, 7), None, 0.35)).decide(self.CHANCES)
        assert [type(label) for label in decided.tolist()] == [int, int, type(None)]


class TestSpread:
    def test_it_is_the_standard_deviation_between_members(self):
        ensemble, table = untrained(("a", "b", "c")), mixed_table(37, seed=1)
        each = ensemble.member_probabilities(table)
        by_hand = np.sqrt(((each - each.mean(0)) ** 2).mean(0))
        np.testing.assert_allclose(ensemble.spread(table), by_hand, atol=1e-7)

    def test_a_single_member_agrees_with_itself(self):
        alone = untrained(networks=NETWORKS[:1], encoding=(0,))
        assert alone.spread(mixed_table()).tolist() == [[0, 0]] * N_ROWS

    def test_chunks_make_no_difference(self, monkeypatch):
        ensemble, table = untrained(), mixed_table()
        whole = ensemble.spread(table)
        monkeypatch.setattr(module, "_MAX_CHUNK", 200)
        np.testing.assert_allclose(ensemble.spread(table), whole, atol=1e-7)


class TestSets:
    def with_rows(self, truths):
        return replace(untrained(("a", "b", "c")), conformal=Conformal(np.array(truths), (len(truths), 0, 0)))

    def test_folds_are_the_members_behind_one_encoder_and_the_middle_one_decides(self):
        ensemble, table = self.with_rows(np.full(99, 0.34)), mixed_table()
        each = ensemble.member_probabilities(table)
        first, second = each[[0, 3]].mean(0), each[[1, 2, 4]].mean(0)
        sets = ensemble.predict_set(table)
        assert sets.tolist() == ((first + second) / 2 >= 0.34).tolist()
        assert 0 < sets.mean() < 1

    def test_members_of_a_fold_may_read_through_several_encoders(self):
        ensemble, table = self.with_rows(np.full(99, 0.34)), mixed_table()
        weights = (0.05, 0.4, 0.1, 0.2, 0.25)
        ensemble = replace(ensemble, folds=(1, 0, 2, 2, 0), weights=weights)
        each = ensemble.member_probabilities(table)
        means = [np.average(each[rows], axis=0, weights=np.take(weights, rows)) for rows in ([1, 4], [0], [2, 3])]
        sets = ensemble.predict_set(table)
        assert sets.tolist() == (np.median(means, axis=0) >= 0.34).tolist()
        assert 0 < sets.mean() < 1
        assert sets.tolist() != replace(ensemble, folds=None).predict_set(table).tolist()

    def test_folds_that_leave_numbers_out_are_refused(self):
        with pytest.raises(SettingError, match=r"^folds must be numbered from 0 without gaps"):
            replace(untrained(), folds=(0, 1, 3, 0, 1))

    def test_without_folds_they_are_those_of_the_encoders(self):
        assert untrained().member_folds.tolist() == list(ENCODING)
        assert replace(untrained(), folds=(1, 0, 2, 2, 0)).member_folds.tolist() == [1, 0, 2, 2, 0]

    def test_chunks_make_no_difference(self, monkeypatch):
        ensemble, table = self.with_rows(np.full(99, 0.34)), mixed_table()
        whole = ensemble.predict_set(table, 0.8, allow_empty=False)
        monkeypatch.setattr(module, "_MAX_CHUNK", 200)
        assert ensemble.predict_set(table, 0.8, allow_empty=False).tolist() == whole.tolist()

    def test_settings_reach_the_sets(self):
        ensemble, table = self.with_rows(np.full(99, 0.99)), mixed_table()
        assert not ensemble.predict_set(table).any()
        assert (ensemble.predict_set(table, allow_empty=False).sum(1) == 1).all()
        assert ensemble.predict_set(table, per_class=True).tolist() == [[False, True, True]] * N_ROWS

    def test_without_out_of_fold_rows_there_are_none(self):
        with pytest.raises(SettingError, match="prediction sets go by out-of-fold rows: this model has none"):
            untrained().predict_set(mixed_table())


class TestDevice:
    def test_the_networks_compute_on_the_device_that_is_asked_for(self):
        on_cpu, elsewhere = untrained(), untrained().to("meta")
        assert (on_cpu.device.type, elsewhere.device.type) == ("cpu", "meta")
        assert {population.flat.device.type for population in elsewhere.populations} == {"meta"}
        assert np.array_equal(on_cpu.to("cpu").predict_proba(mixed_table()), on_cpu.predict_proba(mixed_table()))

    def test_a_predictor_is_built_on_a_device(self):
        on_cpu = untrained()
        parts = {
            name: getattr(on_cpu, name) for name in ("schema", "encoders", "encoding", "classes", "networks", "head")
        }
        assert Predictor.of(**parts, states=on_cpu.states(), device="meta").device.type == "meta"

    def test_inputs_and_logits_are_made_on_the_device_of_the_networks(self):
        ensemble = untrained().to("meta")
        encoded = {index: torch.ones(7, encoder.n_encoded) for index, encoder in enumerate(ensemble.encoders)}
        first = 0
        for population in ensemble.populations:
            encoding = list(ENCODING[first : first + population.n_members])
            first += population.n_members
            inputs = module._stacked(encoded, encoding, population)
            assert inputs.shape[:2] == (population.n_members, 7)
            assert (inputs.device.type, population.logits(inputs).device.type) == ("meta", "meta")
        assert ensemble.encode(mixed_table()).device.type == "meta"

    def test_each_members_inputs_are_those_of_its_own_encoder(self):
        (population,) = untrained(networks=[Network(hidden=(4,))] * 4, encoding=(1, 0, 1, 1)).populations
        encoded = {0: torch.zeros(5, 3), 1: torch.ones(5, 4)}
        inputs = module._stacked(encoded, [1, 0, 1, 1], population)
        assert inputs.sum((1, 2)).tolist() == [20, 0, 20, 20]


@pytest.mark.parametrize(
    ("record", "shares"),
    [({"class_rows": {"b": 3, "a": 1}}, [[0.25, 0.75]] * 2), ({}, None), ({"class_rows": {"c": 3}}, None)],
)
def test_the_class_shares_are_those_of_the_record_by_label(record, shares):
    networks, head = [Network(())], head_for("softmax", 2)
    table = pl.DataFrame({"x": [0.0, 1.0, 3.0]})
    schema = infer_schema(table)
    encoder = TableEncoder.fit(schema, schema.parse(table), np.arange(3))
    widths = (encoder.n_encoded, 2)
    states = [[(torch.zeros(widths[1], widths[0]), torch.zeros(2))]]
    settings = {"networks": networks, "states": states, "head": head, "classes": np.array(["a", "b"])}
    predictor = Predictor.of(schema=schema, encoders=[encoder], encoding=[0], record=record, **settings)
    found = predictor.majority_probabilities(2)
    assert (None if found is None else found.tolist()) == shares
