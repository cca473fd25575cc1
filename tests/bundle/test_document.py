import copy
import importlib.util
import json
import subprocess
import sys
import warnings
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate import DemarcateClassifier
from demarcate.bundle import read_bundle, write_bundle
from demarcate.bundle.document import FORMAT_VERSION, expected_tensors, from_document, to_document
from demarcate.bundle.format import decode, encode
from demarcate.errors import BundleError, InputWarning
from demarcate.evaluation import Costs
from demarcate.evaluation.conformal import Conformal
from demarcate.tabular import TrainedOn
from demarcate.tabular.trained_range import TrainedRange

GOLDEN = Path(__file__).parent / "golden"
SCRIPT = Path(__file__).parents[2] / "scripts" / "make_golden_bundle.py"


@pytest.fixture(scope="module")
def table():
    """Numbers, dates, truth values and categories with odd characters, all with gaps."""
    generator = np.random.default_rng(1)
    n = 60
    columns = {
        "größe": np.where(generator.random(n) < 0.1, np.nan, generator.normal(size=n)),
        "visited": [None if row % 11 == 0 else f"{1 + row % 28:02d}.0{1 + row % 9}.2021" for row in range(n)],
        "smokes": generator.choice(["yes", "no", ""], n),
        "kind": generator.choice(["naïve", "☂ rain", "[red]x[/]", "a\nb", "\U0001d518", "\u202eabc"], n),
    }
    return pd.DataFrame(columns)


@pytest.fixture(scope="module")
def labels(table):
    return np.array(["ja", "nein", "vielleicht ☂"])[np.arange(len(table)) % 3]


@pytest.fixture(scope="module")
def fitted(table, labels):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        return DemarcateClassifier(hidden=(5, 4), epochs=3, n_folds=2, dropout=0.25).fit(table, labels)


@pytest.fixture
def path(fitted, tmp_path):
    fitted.save(tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


@pytest.fixture(scope="module")
def golden():
    return decode((GOLDEN / "format_1.safetensors").read_bytes())


@pytest.fixture(scope="module")
def golden_2():
    return decode((GOLDEN / "format_2.safetensors").read_bytes())


@pytest.fixture(scope="module")
def golden_3():
    return decode((GOLDEN / "format_3.safetensors").read_bytes())


@pytest.fixture(scope="module")
def golden_4():
    return decode((GOLDEN / "format_4.safetensors").read_bytes())


@pytest.fixture(scope="module")
def golden_6():
    return decode((GOLDEN / "format_6.safetensors").read_bytes())


@pytest.fixture(scope="module")
def rows():
    rows = json.loads((GOLDEN / "format_1.json").read_text(encoding="utf-8"))["rows"]
    # Cells that any of the models takes: dates in ISO 8601, which is read whatever else is.
    return {**rows, "thal": ["fixed", "normal", None, None], "seen": ["2019-12-24", None, "2021-02-28", None]}


def load_golden_script():
    spec = importlib.util.spec_from_file_location("make_golden_bundle", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


class TestRoundTrip:
    def test_a_fresh_process_gives_the_same_bits(self, fitted, table, path):
        table.to_pickle(path.with_suffix(".table"))
        code = (
            "import sys, torch, numpy, pandas, demarcate; torch.set_num_threads(1); "
            "probabilities = demarcate.load(sys.argv[1]).predict_proba(pandas.read_pickle(sys.argv[2])); "
            "sys.stdout.write(probabilities.tobytes().hex())"
        )
        command = [sys.executable, "-c", code, str(path), str(path.with_suffix(".table"))]
        run = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
        assert run.stdout == fitted.predict_proba(table).tobytes().hex()

    def test_what_is_read_is_what_was_written(self, fitted, path):
        written, tensors = to_document(fitted.predictor_.with_record(fitted.record()))
        read, tensors_read = to_document(read_bundle(path))
        assert read == written
        assert set(tensors_read) == set(tensors)
        for name, tensor in tensors.items():
            np.testing.assert_array_equal(tensors_read[name], tensor)

    def test_writing_what_was_read_gives_the_same_bytes(self, path):
        again = path.with_name("again.safetensors")
        digest = write_bundle(read_bundle(path), again)
        assert again.read_bytes() == path.read_bytes()
        assert len(digest) == 64

    def test_the_plain_safetensors_library_opens_it_and_its_members_are_state_dicts(self, fitted, path):
        tensors = safetensors.torch.load_file(path)
        for number in range(fitted.predictor_.n_members):
            prefix = f"members.{number}."
            state = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
            network = fitted.member(number)
            expected = copy.deepcopy(network.state_dict())
            for parameter in network.parameters():
                torch.nn.init.zeros_(parameter)
            network.load_state_dict(state, strict=True)
            assert all(torch.equal(network.state_dict()[name], expected[name]) for name in expected)

    def test_dropout_of_inputs_is_kept_where_there_is_some(self, golden_3):
        document, tensors = golden_3
        data = encode(replaced(document, ("members", 2, "network", "input_dropout"), 0.25), tensors)
        predictor = from_document(*decode(data, expected_tensors))
        assert [network.input_dropout for network in predictor.networks] == [0.0, 0.125, 0.25]
        assert encode(*to_document(predictor)) == data

    def test_nothing_in_it_is_a_pickle_or_an_archive(self, path):
        data = path.read_bytes()
        assert not any(magic in data for magic in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04"))
        assert all(name not in data for name in (b"torch.nn", b"numpy.core", b"__reduce__", b"builtins"))

    @pytest.mark.parametrize("classes", [["a", "b"], [0, 7], [False, True], [0.5, 2.0]])
    def test_classes_keep_their_type(self, fitted, tmp_path, classes):
        document, tensors = to_document(load_golden_script().golden(1))
        kept = [name for name in tensors if name.startswith(("encoders.0.", "members.2."))]
        document["classes"] = {"type": type(classes[0]).__name__, "values": [*classes]}
        document["encoders"] = document["encoders"][:1]
        document["members"] = [{**document["members"][2], "encoder": 0}]
        small = {name.replace("members.2.", "members.0."): tensors[name] for name in kept}
        small = {name: tensor[:2] if name.startswith("members.") else tensor for name, tensor in small.items()}
        (tmp_path / "model.safetensors").write_bytes(encode(document, small))
        predictor = read_bundle(tmp_path / "model.safetensors")
        assert predictor.classes.tolist() == classes
        assert {type(label) for label in predictor.classes.tolist()} == {type(classes[0])}

    def test_a_threshold_is_kept(self, tmp_path):
        X, y = np.arange(40.0).reshape(20, 2) ** 2 % 79, [0, 1] * 10
        predictor = DemarcateClassifier(hidden=(), epochs=1, n_folds=2).fit(X, y).predictor_
        document, tensors = to_document(predictor)
        (tmp_path / "model.safetensors").write_bytes(encode({**document, "threshold": 0.25}, tensors))
        assert read_bundle(tmp_path / "model.safetensors").threshold == 0.25
        for threshold in (1.5, -0.1, 1, "half"):
            (tmp_path / "model.safetensors").write_bytes(encode({**document, "threshold": threshold}, tensors))
            with pytest.raises(BundleError, match="threshold"):
                read_bundle(tmp_path / "model.safetensors")

    @pytest.mark.parametrize(
        "pair",
        [
            ["a", "b"],
            [False, True],
            [2, 2**70],
            [0.0, 2.0],
            [Decimal("0.50"), Decimal(1)],
            [date(2020, 1, 1), date(2021, 1, 1)],
            [datetime(2020, 1, 1), datetime(2020, 1, 1, 3, 4, 5, 6)],
            np.array(["2020-01-01", "2021-01-01"], dtype="datetime64[D]"),
            pd.to_datetime(["2020-01-01", "2021-01-01"]),
        ],
        ids=str,
    )
    def test_labels_of_every_type_come_back_as_they_were(self, pair, tmp_path):
        X = np.arange(40.0).reshape(20, 2) ** 2 % 79
        y = (
            pd.Series(pair)
            if isinstance(pair, pd.Index)
            else np.tile(pair, 10)
            if hasattr(pair, "dtype")
            else pair * 10
        )
        y = pd.concat([y] * 10, ignore_index=True) if isinstance(y, pd.Series) else y
        classifier = DemarcateClassifier(hidden=(), epochs=1, n_folds=2).fit(X, y)
        assert classifier.classes_.tolist() == [*pair]
        assert 0 <= classifier.score(X, y) <= 1
        classifier.save(tmp_path / "model.safetensors")
        read = read_bundle(tmp_path / "model.safetensors").classes
        assert read.dtype == classifier.classes_.dtype
        assert read.tolist() == classifier.classes_.tolist()
        assert [*map(type, read.tolist())] == [*map(type, classifier.classes_.tolist())]

    def test_a_model_remembers_that_it_merges_labels(self, tmp_path):
        X = np.arange(40.0).reshape(20, 2) ** 2 % 79
        classifier = DemarcateClassifier(hidden=(), epochs=1, n_folds=2, merge_labels=True)
        classifier.fit(X, ["Yes", "no", "yes", "NO"] * 5).save(tmp_path / "model.safetensors")
        predictor = read_bundle(tmp_path / "model.safetensors")
        assert predictor.classes.tolist() == ["Yes", "no"]
        assert predictor.label_reader().read(["YES", "No", "true", "n"]).tolist() == [0, 1, 0, 1]


def some_decisions(n_classes):
    """Strategies for what a predictor of so many classes may decide by."""
    number = st.floats(0, 1e6)

    def costs(values, abstain):
        matrix = np.array(values).reshape(n_classes, n_classes)
        np.fill_diagonal(matrix, 0)
        matrix[0, 1] += 1
        return Costs(matrix, abstain)

    def conformal(of_classes, new_weight, is_weighted):
        truths = [np.sort(truths) for truths in of_classes]
        n_rows, class_rows = sum(map(len, truths)), tuple(map(len, truths))
        if new_weight is None:
            return Conformal(np.concatenate(truths), class_rows)
        weights = np.arange(1.0, n_rows + 1) if is_weighted else None
        return Conformal(np.concatenate(truths), class_rows, weights, (new_weight,) * (1 + n_classes))

    matrices = st.lists(number, min_size=n_classes**2, max_size=n_classes**2)
    classes = st.lists(st.lists(st.floats(0, 1), max_size=5), min_size=n_classes, max_size=n_classes)
    return {
        "costs": st.none() | st.builds(costs, matrices, st.none() | number),
        "temperature": st.none() | st.floats(0.05, 20),
        "conformal": st.none() | st.builds(conformal, classes, st.none() | st.floats(0, 1e6), st.booleans()),
    }


class TestDecisions:
    """What a model decides by, which format 1 did not know."""

    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(st.fixed_dictionaries(some_decisions(3)))
    def test_whatever_it_is_it_comes_back_and_is_written_the_same_again(self, decisions):
        predictor = replace(load_golden_script().golden(1), **decisions)
        data = encode(*to_document(predictor))
        read = from_document(*decode(data, expected_tensors))
        assert encode(*to_document(read)) == data
        assert read.temperature == predictor.temperature
        for name, parts in (
            ("costs", ("matrix", "abstain")),
            ("conformal", ("truths", "class_rows", "weights", "new_weights")),
        ):
            written, found = getattr(predictor, name), getattr(read, name)
            assert (found is None) == (written is None)
            for field in parts if written is not None else ():
                np.testing.assert_array_equal(getattr(found, field), getattr(written, field))

    def test_a_model_with_none_of_it_is_written_in_format_1(self):
        plain = replace(load_golden_script().golden(2), costs=None, temperature=None, conformal=None)
        assert encode(*to_document(plain)) == (GOLDEN / "format_1.safetensors").read_bytes()

    def test_a_threshold_that_is_not_that_of_the_costs_is_refused(self):
        X, y = np.arange(40.0).reshape(20, 2) ** 2 % 79, [0, 1] * 10
        predictor = DemarcateClassifier(hidden=(), epochs=1, n_folds=2, cost={"false_negative": 3}).fit(X, y).predictor_
        document, tensors = to_document(predictor)
        assert from_document(*decode(encode(document, tensors), expected_tensors)).threshold == 0.25
        for threshold in (0.5, None):
            data = encode({**document, "threshold": threshold}, tensors)
            with pytest.raises(BundleError, match="does not follow from the costs"):
                from_document(*decode(data, expected_tensors))

    @pytest.mark.parametrize(
        ("name", "place", "value", "reason"),
        [
            ("costs.matrix", (0, 1), -1.0, "0 decided as 1 costs -1.0. Give a number from 0 to 1e15"),
            ("costs.matrix", (2, 1), 1e16, "costs 1e.16"),
            ("costs.matrix", (1, 1), 9.0, "less than being right, which costs 9.0"),
            ("costs.matrix", (0, 1), np.nan, "holds NaN"),
            ("conformal.truths", (0,), 0.9, "ascend within a class"),
            ("conformal.truths", (7,), 1.5, "Probability 7 is 1.5"),
            ("conformal.truths", (0,), -0.5, "Probability 0 is -0.5"),
        ],
    )
    def test_numbers_that_no_model_decides_by_are_refused(self, golden_2, monkeypatch, name, place, value, reason):
        document, tensors = golden_2
        crafted = tensors[name].copy()
        crafted[place] = value
        # What does not let them be written need not hold who writes otherwise.
        monkeypatch.setattr("demarcate.bundle.format._check_finite", lambda *arguments: None)
        data = encode(document, {**tensors, name: crafted})
        monkeypatch.undo()
        with pytest.raises(BundleError, match=reason):
            from_document(*decode(data, expected_tensors))

    def test_every_mutant_is_refused_or_works(self, golden_2, rows):
        document, tensors = golden_2
        about = ("format_version", "calibration", "threshold", "costs", "conformal")
        n_refused = n_working = 0
        for name, mutant in mutants({key: document[key] for key in about}):
            data = encode({**{key: value for key, value in document.items() if key not in about}, **mutant}, tensors)
            try:
                predictor = from_document(*decode(data, expected_tensors))
            except BundleError:
                n_refused += 1
                continue
            n_working += 1
            assert encode(*to_document(predictor)) == data, name
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InputWarning)
                assert np.isfinite(predictor.predict_proba(rows)).all(), name
                assert len(predictor.predict(rows)) == 4, name
        assert n_refused > 150
        assert n_working >= 4

    @pytest.mark.parametrize(
        ("place", "value", "reason"),
        [
            (("calibration",), {"temperature": 0.0}, "not a temperature from 0.05 to 20"),
            (("calibration",), {"temperature": 1e300}, "not a temperature"),
            (("calibration",), {"temperature": True}, "not a temperature"),
            (("calibration",), {"bias": 1.0}, "not a temperature"),
            (("costs", "abstain"), -1.0, "not a number from 0 to 1e"),
            (("costs", "abstain"), 1, "not a number"),
            (("costs", "exec"), "x", "not a number"),
            (("costs",), None, "'costs.matrix' is not expected"),
            (("conformal", "class_rows"), [4, 2], "not counted by class"),
            (("conformal", "class_rows"), [4, 2, -2], "not counted by class"),
            (("conformal", "class_rows"), [4, 2, 10**12], "the document requires"),
            (("conformal", "class_rows"), [2, 4, 2], "ascend within a class"),
            (("conformal",), None, "'conformal.truths' is not expected"),
            (("format_version",), 1, "conformal"),
        ],
    )
    def test_what_no_model_decides_by_is_refused_with_the_reason(self, golden_2, place, value, reason):
        document, tensors = golden_2
        data = encode(replaced(document, place, value), tensors)
        with pytest.raises(BundleError, match=reason):
            from_document(*decode(data, expected_tensors))


class TestPieces:
    """Numbers in pieces and dropout of inputs, which formats 1 and 2 did not know."""

    NUMBERS = "encoders.0.numbers"
    DOSE = ("encoders", 0, "columns", 4)

    def test_a_classifier_with_pieces_is_of_format_3_and_one_without_is_not(self, table, labels):
        versions = []
        for pieces in (True, False):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InputWarning)
                fitted = DemarcateClassifier(hidden=(4,), epochs=1, n_folds=2, pieces=pieces).fit(table, labels)
            document, tensors = to_document(replace(fitted.predictor_, trained_on=None))
            again = from_document(*decode(encode(document, tensors), expected_tensors))
            np.testing.assert_array_equal(again.predict_proba(table), fitted.predict_proba(table))
            versions.append(document["format_version"])
        assert versions == [3, 2]

    def test_either_of_the_two_alone_needs_the_format(self, golden, golden_3):
        place = ("members", 1, "network", "input_dropout")
        document, tensors = golden_3
        pieces = without(document, place), tensors
        document, tensors = golden
        dropout = {"costs": None, "conformal": None, **replaced(document, place, 0.5), "format_version": 3}, tensors
        for described in (pieces, dropout):
            predictor = from_document(*decode(encode(*described), expected_tensors))
            assert to_document(predictor)[0] == described[0]

    @pytest.mark.parametrize("version", [1, 2])
    def test_what_needs_neither_is_refused_in_format_3(self, version):
        document, tensors = decode((GOLDEN / f"format_{version}.safetensors").read_bytes())
        data = encode({"costs": None, "conformal": None, **document, "format_version": 3}, tensors)
        with pytest.raises(BundleError, match="format_version would be written differently"):
            from_document(*decode(data, expected_tensors))

    def test_pieces_are_refused_in_format_2(self, golden_3):
        document, tensors = golden_3
        data = encode({**document, "format_version": 2}, tensors)
        with pytest.raises(BundleError, match="format_version would be written differently"):
            from_document(*decode(data, expected_tensors))

    @pytest.mark.parametrize(
        ("place", "value", "reason"),
        [
            (21, 0.0, "edges must be finite and ascending"),
            (21, 0.5, "edges must be finite and ascending"),
            (22, 9.0, "edges must be finite and ascending"),
            (20, np.nan, "holds NaN or infinity"),
            (23, np.inf, "holds NaN or infinity"),
            (18, 0.0, "scale and limit must be above 0"),
        ],
    )
    def test_numbers_that_no_pieces_have_are_refused(self, golden_3, monkeypatch, place, value, reason):
        document, tensors = golden_3
        crafted = tensors[self.NUMBERS].copy()
        crafted[place] = value
        # What does not let them be written need not hold who writes otherwise.
        monkeypatch.setattr("demarcate.bundle.format._check_finite", lambda *arguments: None)
        data = encode(document, {**tensors, self.NUMBERS: crafted})
        monkeypatch.undo()
        with pytest.raises(BundleError, match=reason):
            from_document(*decode(data, expected_tensors))

    @pytest.mark.parametrize(
        ("place", "value", "reason"),
        [
            ((*DOSE, "encoder"), "numeric", "column 4 of encoder 0 needs 4 numbers"),
            ((*DOSE, "encoder"), "categorical", "'categorical' does not read the numerical column 'dose'"),
            ((*DOSE, "encoder"), "date", "'date' does not read the numerical column 'dose'"),
            (("encoders", 0, "columns", 1, "encoder"), "piecewise", "does not read the categorical column 'thal'"),
            (("encoders", 0, "columns", 2, "encoder"), "piecewise", "does not read the boolean column 'smokes'"),
            (("encoders", 0, "columns", 3, "encoder"), "piecewise", "does not read the date column 'seen'"),
            ((*DOSE, "n_numbers"), 7, "the document requires"),
            ((*DOSE, "n_numbers"), 9, "the document requires"),
            ((*DOSE, "flag"), False, "encoder 0 makes"),
            (("encoders", 0, "n_encoded"), 3, "the document requires"),
            (("members", 1, "network", "input_dropout"), 1.0, "input_dropout must be at least 0"),
            (("members", 0, "network", "input_dropout"), 0.0, "members would be written differently"),
            (("schema", 5, "kind"), "categorical", "categor"),
        ],
        ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
    )
    def test_a_document_whose_pieces_no_model_has_is_refused_with_the_reason(self, golden_3, place, value, reason):
        document, tensors = golden_3
        data = encode(replaced(document, place, value), tensors)
        with pytest.raises(BundleError, match=reason):
            from_document(*decode(data, expected_tensors))

    def test_every_mutant_is_refused_or_works(self, golden_3, rows):
        document, tensors = golden_3
        n_refused = n_working = 0
        for key, number in (("encoders", 0), ("members", 1), ("schema", 5)):
            for name, mutant in mutants(document[key][number]):
                entries = [*document[key][:number], mutant, *document[key][number + 1 :]]
                data = encode({**document, key: entries}, tensors)
                try:
                    predictor = from_document(*decode(data, expected_tensors))
                except BundleError:
                    n_refused += 1
                    continue
                n_working += 1
                assert encode(*to_document(predictor)) == data, name
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", InputWarning)
                    assert np.isfinite(predictor.predict_proba({**rows, "dose": [1.0, None, 2.25, 7.5]})).all(), name
        assert n_refused > 300
        assert n_working > 5

    @settings(derandomize=True, deadline=None, max_examples=100)
    @given(
        place=st.integers(20, 23),
        value=st.floats(width=64) | st.sampled_from([0.5, 1.5, 2.25, 5.0, 5e-324, -1.7e308, 1.7e308]),
    )
    def test_whatever_its_numbers_are_a_file_is_refused_or_works(self, golden_3, place, value):
        document, tensors = golden_3
        crafted = tensors[self.NUMBERS].copy()
        crafted[place] = value
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("demarcate.bundle.format._check_finite", lambda *arguments: None)
            data = encode(document, {**tensors, self.NUMBERS: crafted})
        try:
            predictor = from_document(*decode(data, expected_tensors))
        except BundleError:
            return
        edges = predictor.encoders[0].encoders[4].edges
        assert (np.diff(edges) > 0).all()
        cells = {"age": [1.0] * 6, "thal": ["fixed"] * 6, "smokes": ["yes"] * 6, "seen": ["2020-01-01"] * 6}
        doses = [None, 0.0, 2.0, 1.7e308, -1.7e308, value]
        assert np.isfinite(predictor.predict_proba({**cells, "dose": doses})).all()


RANGES = ("trained_on", "ranges")


class TestTrainedOn:
    """The positive class and the training rows, which formats 1 to 3 did not know."""

    def test_a_fitted_classifier_is_of_format_4(self, fitted, table):
        document, _ = to_document(fitted.predictor_)
        assert document["format_version"] == 4
        assert document["trained_on"]["n_rows"] == len(table)
        assert list(document["trained_on"]["ranges"]) == ["größe", "visited"]

    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(st.data())
    def test_whatever_it_is_it_comes_back_and_is_written_the_same_again(self, data):
        number = st.floats(-1e12, 1e12)
        n_rows = data.draw(st.integers(1, 10**9))
        quantiles = st.lists(st.floats(-1e10, 1e10), min_size=4, max_size=4).map(sorted)
        ranges = data.draw(st.dictionaries(st.sampled_from(["age", "seen", "dose"]), quantiles))
        hashes = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=min(n_rows, 9), unique=True).map(
            sorted
        )
        groups = data.draw(st.none() | hashes)
        latest = data.draw(st.none() | number)
        trained_on = TrainedOn(
            n_rows,
            {name: TrainedRange(data.draw(st.integers(1, n_rows)), *values) for name, values in ranges.items()},
            () if groups is None else tuple(data.draw(st.lists(st.text(), max_size=3, unique=True))),
            None if groups is None else np.array(groups),
            None if latest is None else data.draw(st.none() | st.just("day")),
            latest,
            0.0 if latest is None else data.draw(st.floats(0, 1e9)),
            latest is not None and abs(latest) < 1e10 and data.draw(st.booleans()),
            data.draw(st.none() | st.just("weight")),
        )
        positive = data.draw(st.none() | st.sampled_from([0, 1]))
        predictor = replace(load_golden_script().golden(4), positive=positive, trained_on=trained_on)
        written = encode(*to_document(predictor))
        read = from_document(*decode(written, expected_tensors))
        assert encode(*to_document(read)) == written
        assert read.positive == positive
        for field in fields(TrainedOn):
            np.testing.assert_equal(getattr(read.trained_on, field.name), getattr(trained_on, field.name))

    @pytest.mark.parametrize("only", [{"trained_on": None}, {"positive": None}])
    def test_either_of_the_two_alone_needs_the_format(self, only):
        predictor = replace(load_golden_script().golden(4), **only)
        document, tensors = to_document(predictor)
        assert document["format_version"] == 4
        assert to_document(from_document(*decode(encode(document, tensors), expected_tensors)))[0] == document

    def test_a_model_with_neither_is_written_in_format_3(self):
        plain = replace(load_golden_script().golden(4), positive=None, trained_on=None)
        plain = replace(plain, conformal=replace(plain.conformal, weights=None, new_weights=None))
        assert to_document(plain)[0]["format_version"] == 3

    @pytest.mark.parametrize("version", [1, 2, 3])
    def test_what_needs_neither_is_refused_in_format_4(self, version):
        document, tensors = decode((GOLDEN / f"format_{version}.safetensors").read_bytes())
        keys = {"costs": None, "conformal": None, "positive": None, "trained_on": None}
        data = encode({**keys, **document, "format_version": 4}, tensors)
        with pytest.raises(BundleError, match="format_version would be written differently"):
            from_document(*decode(data, expected_tensors))

    @pytest.mark.parametrize(
        ("place", "value", "reason"),
        [
            (("positive",), 2, "positive class is not the code of one of two classes"),
            (("positive",), -1, "positive class is not the code"),
            (("positive",), True, "positive class is not the code"),
            (("positive",), "mild", "positive class is not the code"),
            (("format_version",), 3, "keys .*'positive', 'trained_on'.* are missing or unknown"),
            (("conformal", "is_weighted"), False, "'conformal.weights' is not expected"),
            (("conformal", "new_weights"), [1.0, 1.0], "What a new row counts"),
            (("conformal", "new_weights"), [1.0, 1.0, -1.0], "What a new row counts"),
            (("conformal", "new_weights"), [1.0, 1.0, 1], "what rows of the prediction sets weigh is not said"),
            (("trained_on",), [], "does not have the keys"),
            (("trained_on", "rows"), 8, "does not have the keys"),
            (("trained_on", "n_rows"), 7.0, "does not count its rows"),
            (("trained_on", "n_rows"), 0, "trained on 0 rows"),
            (("trained_on", "n_rows"), 7, "Column 'seen' has 8 values in 7 rows"),
            (("trained_on", "n_groups"), None, "'trained_on.groups' is not expected"),
            (("trained_on", "n_groups"), 5, "the document requires"),
            (("trained_on", "n_groups"), -1, "does not count its groups"),
            (("trained_on", "group_columns"), "patient", "group columns .* are not names"),
            (("trained_on", "group_columns"), ["ward", "ward"], "A column of groups is repeated"),
            (("trained_on", "time_column"), 3, "time_column .* is not a name"),
            (("trained_on", "weight_column"), ["w"], "weight_column .* is not a name"),
            (("trained_on", "gap"), -1.0, "The gap is -1.0"),
            (("trained_on", "gap"), 86400, "the gap .* is not a number"),
            (("trained_on", "latest"), None, "no latest time"),
            (("trained_on", "latest"), 1e12, "latest date is outside the years 1 to 9999"),
            (("trained_on", "is_date"), 1, "neither dates nor numbers"),
            (("trained_on", "latest"), "now", "the latest .* is no number"),
            (RANGES, [], "are not a mapping"),
            ((*RANGES, "thal"), {}, "a range of 'thal', which holds no quantities"),
            ((*RANGES, "weight"), {}, "a range of 'weight', which holds no quantities"),
            ((*RANGES, "age", "n_values"), 9, "Column 'age' has 9 values in 8 rows"),
            ((*RANGES, "age", "n_values"), 0, "a trained range has values, finite and ascending"),
            ((*RANGES, "age", "n_values"), 7.0, "the range of 'age' does not have the numbers"),
            ((*RANGES, "age", "least"), 29, "the range of 'age' does not have the numbers"),
            ((*RANGES, "age", "least"), 80.0, "a trained range has values, finite and ascending"),
            ((*RANGES, "age", "greatest"), 70.0, "a trained range has values, finite and ascending"),
            ((*RANGES, "age", "middle"), 50.0, "the range of 'age' does not have the numbers"),
            ((*RANGES, "seen", "greatest"), 1e300, "the range of 'seen' is outside the years 1 to 9999"),
        ],
        ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
    )
    def test_what_no_model_was_trained_on_is_refused_with_the_reason(self, golden_4, place, value, reason):
        document, tensors = golden_4
        data = encode(replaced(document, place, value), tensors)
        with pytest.raises(BundleError, match=reason):
            from_document(*decode(data, expected_tensors))

    @pytest.mark.parametrize(("place", "value"), [(1, 2**62), (2, -3), (0, -2)])
    def test_groups_that_do_not_ascend_are_refused(self, golden_4, place, value):
        document, tensors = golden_4
        crafted = tensors["trained_on.groups"].copy()
        crafted[place] = value
        with pytest.raises(BundleError, match="hashes do not ascend"):
            from_document(*decode(encode(document, {**tensors, "trained_on.groups": crafted}), expected_tensors))

    def test_every_mutant_is_refused_or_works(self, golden_4, rows):
        document, tensors = golden_4
        about = ("format_version", "conformal", "positive", "trained_on")
        n_refused = n_working = 0
        for name, mutant in mutants({key: document[key] for key in about}):
            data = encode({**{key: value for key, value in document.items() if key not in about}, **mutant}, tensors)
            try:
                predictor = from_document(*decode(data, expected_tensors))
            except BundleError:
                n_refused += 1
                continue
            n_working += 1
            assert encode(*to_document(predictor)) == data, name
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InputWarning)
                doses = {"dose": [1.0, None, 2.25, 7.5]}
                assert np.isfinite(predictor.predict_proba({**rows, **doses})).all(), name
        assert n_refused > 400
        assert n_working > 20


TREES = ("encoders", 0, "trees")


class TestTrees:
    """Leaves of trees, which formats 1 to 5 did not know."""

    def test_trees_alone_need_the_format(self, golden_6):
        predictor = replace(from_document(*golden_6), weights=None, folds=None)
        document, tensors = to_document(predictor)
        assert document["format_version"] == 6
        assert to_document(from_document(*decode(encode(document, tensors), expected_tensors)))[0] == document

    def test_they_are_read_as_they_were_written(self, golden_6):
        leaves, written = from_document(*golden_6).encoders[1].leaves, load_golden_script().TREES
        np.testing.assert_array_equal(leaves.trees.columns, written.trees.columns)
        np.testing.assert_array_equal(leaves.trees.thresholds, written.trees.thresholds)
        for own, expected in zip(leaves.inputs, written.inputs, strict=True):
            assert (own.name, own.categories) == (expected.name, expected.categories)
            np.testing.assert_array_equal(own.places, expected.places)

    @pytest.mark.parametrize(
        ("place", "value", "reason"),
        [
            (TREES, [], r"the trees of encoder 0 do not have the keys \['inputs', 'n_numbers', 'tests'\]"),
            ((*TREES, "depth"), 2, "do not have the keys"),
            ((*TREES, "inputs"), [], "do not name the columns that they test"),
            ((*TREES, "inputs", 0, "column"), "unit", "do not name the columns that they test"),
            ((*TREES, "inputs", 0, "column"), "note", "do not name the columns that they test"),
            ((*TREES, "inputs", 0, "column"), "thal", "do not name the columns that they test"),
            ((*TREES, "inputs", 0, "column"), "seen", "name a column twice"),
            ((*TREES, "inputs", 0, "categories"), ["a"], "do not name the columns that they test"),
            ((*TREES, "inputs", 1, "categories"), None, "do not name the columns that they test"),
            ((*TREES, "inputs", 1, "categories"), ["fixed", "fixed"], "do not name the columns that they test"),
            ((*TREES, "inputs", 1, "categories"), ["fixed"], "need 8 numbers"),
            ((*TREES, "tests"), [], "are not lists of up to 8 columns"),
            ((*TREES, "tests"), [[]] * 3, "are not lists of up to 8 columns"),
            ((*TREES, "tests"), [[0] * 9], "are not lists of up to 8 columns"),
            ((*TREES, "tests"), [[0, 1, 2, 0, 0, 0, 0, 0]] * 65, "of 16384 leaves in all"),
            ((*TREES, "tests", 0), [0], "are not lists of up to 8 columns"),
            ((*TREES, "tests", 0, 0), 3, "are not lists of up to 8 columns"),
            ((*TREES, "tests", 0, 0), -1, "are not lists of up to 8 columns"),
            ((*TREES, "tests", 0, 0), True, "are not lists of up to 8 columns"),
            ((*TREES, "tests", 1, 0), 0, "name a column that none of them tests"),
            ((*TREES, "tests"), [[0, 1], [2, 0]], "need 7 numbers"),
            ((*TREES, "n_numbers"), 8, "need 9 numbers"),
            ((*TREES, "n_numbers"), 9.0, "need 9 numbers"),
            (("encoders", 0, "n_encoded"), 4, "the document requires"),
        ],
        ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
    )
    def test_what_no_trees_have_is_refused_with_the_reason(self, golden_6, place, value, reason):
        document, tensors = golden_6
        with pytest.raises(BundleError, match=reason):
            from_document(*decode(encode(replaced(document, place, value), tensors), expected_tensors))

    def test_they_are_refused_in_format_5(self, golden_6):
        document, tensors = golden_6
        members = [{key: member[key] for key in ("encoder", "network")} for member in document["members"]]
        data = encode({**document, "format_version": 5, "members": members}, tensors)
        with pytest.raises(BundleError, match=r"encoder 0 does not have the keys \['columns', 'n_encoded'\]"):
            decode(data, expected_tensors)

    @pytest.mark.parametrize("value", [1.7e308, -1.7e308, 5e-324, -0.0, np.nan, np.inf])
    @pytest.mark.parametrize("place", [-9, -4, -3, -1])
    def test_whatever_its_numbers_are_a_file_is_refused_or_works(self, golden_6, monkeypatch, place, value):
        document, tensors = golden_6
        crafted = tensors["encoders.0.numbers"].copy()
        crafted[place] = value
        # What does not let them be written need not hold who writes otherwise.
        monkeypatch.setattr("demarcate.bundle.format._check_finite", lambda *arguments: None)
        data = encode(document, {**tensors, "encoders.0.numbers": crafted})
        monkeypatch.undo()
        if not np.isfinite(value):
            with pytest.raises(BundleError, match="holds NaN or infinity"):
                from_document(*decode(data, expected_tensors))
            return
        predictor = from_document(*decode(data, expected_tensors))
        assert encode(*to_document(predictor)) == data
        rows = json.loads((GOLDEN / "format_6.json").read_text(encoding="utf-8"))["rows"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InputWarning)
            assert np.isfinite(predictor.predict_proba(rows)).all()

    def test_every_mutant_is_refused_or_works(self, golden_6):
        document, tensors = golden_6
        rows = json.loads((GOLDEN / "format_6.json").read_text(encoding="utf-8"))["rows"]
        n_refused = n_working = 0
        for name, mutant in mutants(at(document, TREES)):
            data = encode(replaced(document, TREES, mutant), tensors)
            try:
                predictor = from_document(*decode(data, expected_tensors))
            except BundleError:
                n_refused += 1
                continue
            n_working += 1
            assert encode(*to_document(predictor)) == data, name
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InputWarning)
                assert np.isfinite(predictor.predict_proba(rows)).all(), name
        assert n_refused > 200
        assert n_working > 3


class TestMembers:
    """Families, weights and folds of networks, which formats 1 to 5 did not know."""

    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(st.data())
    def test_whatever_they_are_they_come_back_and_are_written_the_same_again(self, golden_6, data):
        parts = np.array(data.draw(st.lists(st.floats(1e-9, 1), min_size=4, max_size=4)))
        weights = data.draw(st.none() | st.just(tuple((parts / parts.sum()).tolist())))
        folds = data.draw(st.none() | st.sampled_from([(0, 0, 0, 0), (0, 1, 1, 0), (2, 0, 1, 3)]))
        predictor = replace(from_document(*golden_6), weights=weights, folds=folds)
        document, tensors = to_document(predictor)
        read = from_document(*decode(encode(document, tensors), expected_tensors))
        assert (read.weights, read.folds) == (weights, folds)
        assert encode(*to_document(read)) == encode(document, tensors)

    @pytest.mark.parametrize("only", [{"weights": (0.25, 0.25, 0.5)}, {"folds": (1, 0, 1)}])
    def test_either_of_the_two_alone_needs_the_format(self, only):
        predictor = load_golden_script().golden(5)
        assert to_document(predictor)[0]["format_version"] == 5
        assert to_document(replace(predictor, **only))[0]["format_version"] == 6

    @pytest.mark.parametrize("version", range(1, 6))
    def test_what_has_neither_is_refused_in_format_6(self, version):
        document, tensors = decode((GOLDEN / f"format_{version}.safetensors").read_bytes())
        keys = {"costs": None, "conformal": None, "positive": None, "trained_on": None}
        data = encode({**keys, **document, "format_version": 6}, tensors)
        with pytest.raises(BundleError, match="format_version would be written differently"):
            from_document(*decode(data, expected_tensors))

    @pytest.mark.parametrize(
        ("place", "value", "reason"),
        [
            (("members", 0, "weight"), 1, "the weight of network 0 is not a number"),
            (("members", 0, "weight"), "half", "the weight of network 0 is not a number"),
            (("members", 0, "weight"), 0.0, "weights must be above 0 and at most 1, got 0.0 of member 0"),
            (("members", 0, "weight"), -0.5, "weights must be above 0 and at most 1, got -0.5 of member 0"),
            (("members", 1, "weight"), 0.25, "weights must sum to 1, got 1.125"),
            (("members", 3, "network", "family"), "lstm", "the family of networks 'lstm' is unknown"),
            (("members", 3, "network", "family"), "mlp", "would be written differently|is missing|requires"),
            (("members", 3, "network", "hidden"), [], "hidden widths of a residual network must be at least one"),
            (("members", 0, "network", "family"), "residual", "is missing"),
            (("members", 2, "fold"), 3, r"folds must be numbered from 0 without gaps, got \[0, 1, 3\]"),
            (("members", 2, "fold"), -1, "the fold of network 2 is not a count"),
            (("members", 2, "fold"), True, "the fold of network 2 is not a count"),
            (("members", 2, "seed"), 1, "network 2 does not have the keys"),
        ],
        ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
    )
    def test_what_no_members_have_is_refused_with_the_reason(self, golden_6, place, value, reason):
        document, tensors = golden_6
        with pytest.raises(BundleError, match=reason):
            from_document(*decode(encode(replaced(document, place, value), tensors), expected_tensors))

    def test_another_family_alone_needs_the_format(self, golden_6):
        predictor = from_document(*golden_6)
        encoders = [replace(encoder, leaves=None) for encoder in predictor.encoders]
        names = ("schema", "encoding", "classes", "networks", "head")
        parts = {name: getattr(predictor, name) for name in names}
        d_in, n_outputs, script = encoders[0].n_encoded, 2, load_golden_script()
        states = [script.state(network, d_in, n_outputs, 0) for network in predictor.networks]
        plain = type(predictor).of(**parts, encoders=encoders, states=states)
        document, tensors = to_document(plain)
        assert document["format_version"] == 6
        assert from_document(*decode(encode(document, tensors), expected_tensors)).networks == plain.networks

    def test_they_are_refused_in_format_5(self, golden_6):
        document, tensors = decode((GOLDEN / "format_5.safetensors").read_bytes())
        data = encode({**document, "members": golden_6[0]["members"][:3]}, tensors)
        with pytest.raises(BundleError, match=r"network 0 does not have the keys \['encoder', 'network'\]"):
            decode(data, expected_tensors)

    @pytest.mark.parametrize("key", ["weight", "fold"])
    @pytest.mark.parametrize("number", range(4))
    def test_all_members_have_them_or_none(self, golden_6, key, number):
        document, tensors = golden_6
        with pytest.raises(BundleError, match=r"network \d does not have the keys"):
            decode(encode(without(document, ("members", number, key)), tensors), expected_tensors)

    def test_every_mutant_is_refused_or_works(self, golden_6):
        document, tensors = golden_6
        expected = json.loads((GOLDEN / "format_6.json").read_text(encoding="utf-8"))
        n_refused = n_working = 0
        for number in range(4):
            for name, mutant in mutants(document["members"][number]):
                members = [*document["members"][:number], mutant, *document["members"][number + 1 :]]
                data = encode({**document, "members": members}, tensors)
                try:
                    predictor = from_document(*decode(data, expected_tensors))
                except BundleError:
                    n_refused += 1
                    continue
                n_working += 1
                assert encode(*to_document(predictor)) == data, name
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", InputWarning)
                    assert np.isfinite(predictor.predict_proba(expected["rows"])).all(), name
        assert n_refused > 300
        assert n_working > 5


class TestGolden:
    @pytest.mark.filterwarnings("ignore:.*outside what was trained on:demarcate.errors.InputWarning")
    @pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
    def test_a_file_of_every_format_loads_and_predicts_what_it_did(self, version):
        expected = json.loads((GOLDEN / f"format_{version}.json").read_text(encoding="utf-8"))
        predictor = read_bundle(GOLDEN / f"format_{version}.safetensors")
        assert predictor.classes.tolist() == expected["classes"]
        np.testing.assert_allclose(predictor.predict_proba(expected["rows"]), expected["probabilities"], atol=1e-6)
        if version >= 2:
            assert predictor.predict(expected["rows"]).tolist() == expected["labels"]
            sets = predictor.predict_set(expected["rows"], coverage=0.5, per_class=True)
            assert sets.tolist() == expected["sets"]

    @pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
    def test_a_model_that_needs_no_later_format_is_still_written_in_its_own_as_it_was(self, version):
        golden = (GOLDEN / f"format_{version}.safetensors").read_bytes()
        assert encode(*to_document(load_golden_script().golden(version))) == golden

    def test_the_script_makes_the_present_format(self):
        script = load_golden_script()
        assert to_document(script.golden())[0] == to_document(script.golden(FORMAT_VERSION))[0]
        assert to_document(script.golden())[0]["format_version"] == FORMAT_VERSION


def leaves(value, place=()):
    """Every place in a document, inner ones included."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*place, key)
        yield from leaves(child, (*place, key))


def at(document, place):
    for key in place:
        document = document[key]
    return document


def replaced(document, place, value):
    mutant = copy.deepcopy(document)
    at(mutant, place[:-1])[place[-1]] = value
    return mutant


def without(document, place):
    mutant = copy.deepcopy(document)
    del at(mutant, place[:-1])[place[-1]]
    return mutant


def mutants(document):
    """The document with each of its values replaced, each key or item dropped, and a key added to each mapping."""
    for place in leaves(document):
        for value in (None, -1, 0, 1, 1.0, True, "x", "", [], ["x"], {}, {"x": 1}, 1e9, 10**9, 2**70):
            if (type(value), value) != (type(at(document, place)), at(document, place)):
                yield f"{place} = {value!r}", replaced(document, place, value)
        yield f"{place} dropped", without(document, place)
        if isinstance(at(document, place), dict):
            yield f"{place} has one more", replaced(document, (*place, "extra"), 1)
        if isinstance(at(document, place), list) and at(document, place):
            doubled = [*at(document, place), at(document, place)[-1]]
            yield f"{place} doubled its last", replaced(document, place, doubled)
    yield "one more key", {**document, "extra": 1}


class TestCraftedDocuments:
    """A document somebody else wrote, with a digest that is right: refused, or a model that works."""

    def test_every_mutant_is_refused_or_works(self, golden, rows):
        document, tensors = golden
        n_refused = n_working = 0
        for name, mutant in mutants(document):
            data = encode(mutant, tensors)
            try:
                predictor = from_document(*decode(data, expected_tensors))
            except BundleError:
                n_refused += 1
                continue
            n_working += 1
            assert encode(*to_document(predictor)) == data, name
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InputWarning)
                probabilities, labels = predictor.predict_proba(rows), predictor.predict(rows)
            np.testing.assert_allclose(probabilities.sum(1), 1, err_msg=name)
            assert len(labels) == 4, name
        assert n_refused > 1000
        assert n_working > 20

    def test_the_unchanged_document_is_taken(self, golden):
        assert from_document(*decode(encode(*golden), expected_tensors)).target == "disease"

    @pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 0, 1.0, 2.0, True, "1", None])
    def test_another_format_is_refused_with_the_advice_to_upgrade(self, golden, version):
        document, tensors = golden
        data = encode({**document, "format_version": version}, tensors)
        with pytest.raises(BundleError, match=r"has format .*; this version reads formats 1 to 6\. Upgrade demarcate"):
            decode(data, expected_tensors)

    @pytest.mark.parametrize(
        ("place", "value", "reason"),
        [
            (("target",), 3, "the target is not a name"),
            (("calibration",), {}, "calibration"),
            (("classes", "values"), ["mild", "absent", "sévère"], "sorted and distinct"),
            (("classes", "values"), ["absent", "absent", "mild"], "sorted and distinct"),
            (("classes", "type"), "complex", "type of the classes is not one of str, int, bool, float"),
            (("threshold",), 0.5, "probability of one of two classes"),
            (("schema", 0, "kind"), "number", "kind"),
            (("schema", 1, "name"), "age", "column names are repeated"),
            (("schema", 0, "dropped"), "no more", "schema's columns"),
            (("schema", 3, "date_format"), "%Q", "date format"),
            (("encoders", 0, "columns", 1, "kept"), ["fixed", "fixed"], "distinct"),
            (("encoders", 0, "columns", 0, "encoder"), "pickle", "pickle"),
            (("encoders", 0, "columns", 0, "flag"), 1, "'flag' is not true or false"),
            (("encoders", 0, "n_encoded"), 10**9, "the document requires"),
            (("members", 0, "encoder"), 2, "the encoder of network 0 is missing"),
            (("members", 0, "encoder"), -1, "the encoder of network 0 is missing"),
            (("members", 0, "network", "head"), "logit", "the head of network 0 is not that of the model"),
            (("members", 0, "network", "hidden"), [10**9], "the document requires"),
            (("members", 0, "network", "input_dropout"), 0.0, "members would be written differently"),
            (("members", 0, "network", "input_dropout"), 1.0, "input_dropout must be at least 0"),
            (("members", 0, "network", "activation"), "os.system", r"got 'os\.system'"),
            (("head",), "eval", "the head is unknown"),
            (("record",), [], "record"),
            (("record", "scores"), {"accuracy": {"value": "high"}}, "not a number with an interval"),
            (("record", "n_samples"), "many", "n_samples is not a count"),
            (("record", "n_sampled"), "some", "n_sampled is not a count"),
        ],
        ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
    )
    def test_a_document_that_describes_no_model_is_refused_with_the_reason(self, golden, place, value, reason):
        document, tensors = golden
        data = encode(replaced(document, place, value), tensors)
        with pytest.raises(BundleError, match=reason):
            from_document(*decode(data, expected_tensors))
