import ast
import contextlib
import io
from dataclasses import replace
from types import SimpleNamespace

import polars as pl
import pytest
import torch

from demarcate import datasets, train
from demarcate.studio.card import Card
from demarcate.studio.code_listing import CodeListing
from demarcate.studio.state import CardState, DataState, SplitState
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import Tables
from demarcate.studio.trained_card import ChangeOnTheWay, TrainedCard, network_of, training_of

SMALL = CardState(id="a", name="small", hidden=(4,), epochs=3)
HALVES = SplitState(0.25, 0.25, 1)
CROSS = tuple((x, y, int(x * y > 0)) for x in (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0) for y in (-1.5, -1.0, 1.0, 1.5))


def _trained(data, card, epoch=3, **attributes):
    """A card as `train` leaves it after so many epochs, and the runs."""
    split = [rows for rows in (data.train_rows, data.validation_rows, data.test_rows) if len(rows)]
    arguments = {"split": split, "seed": card.seed, "seeds": card.seeds, "standardise": data.data.standardise}
    runs = train(data.table, {card.name: network_of(card)}, training_of(card, epoch), **arguments).repeats[card.name]
    return TrainedCard(card, data, epoch, [run.predictor.states()[0] for run in runs], **attributes), runs


def _run(code):
    names = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "listing.py", "exec"), names)
    return names, printed.getvalue()


def _assert_both_give_the_card(data, card, opened=None, **attributes):
    trained, runs = _trained(data, card, **attributes)
    listing = CodeListing.of(trained, opened)
    again, printed = _run(listing.demarcate)
    assert printed
    monitored = "validation" if len(data.validation_rows) else "test"
    names = ["train_loss", "train_accuracy", f"{monitored}_loss", f"{monitored}_accuracy"]
    for run, other in zip(runs, again["runs"].repeats[card.name], strict=True):
        assert run.history.rows() == other.history.rows()
    by_hand, printed = _run(listing.pytorch)
    assert printed
    tolerance = 0.5 if card.dropout else 2e-4
    for run, (_, scores) in zip(runs, by_hand["fitted"], strict=True):
        assert scores == pytest.approx(dict(zip(names, run.history.row(-1)[1:], strict=True)), abs=tolerance)
    return listing


@pytest.mark.parametrize(
    "data",
    [
        DataState(n_samples=60),
        DataState(source="circles", n_samples=60, noise=0.1, standardise=False),
        DataState(source="blobs", n_samples=60, centers=3),
        DataState(n_samples=60, added=CROSS[:6]),
        DataState(source="drawn", added=CROSS),
        DataState(source="heart"),
        DataState(source="heart", drop=("thal", "age")),
    ],
    ids=lambda data: f"{data.source}{'+points' * bool(data.added)}{'-drop' * bool(data.drop)}",
)
def test_both_listings_run_as_copied_and_give_the_numbers_of_the_card(data):
    _assert_both_give_the_card(StudioData.of(data, HALVES, Tables()), SMALL)


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden": ()},
        {"hidden": (3, 3), "activation": "gelu", "optimizer": "adamw", "weight_decay": 0.1},
        {"head": "softmax", "activation": "relu", "optimizer": "sgd", "lr": 0.1, "batch_size": None},
        {"activation": "none", "schedule": "cosine", "batch_size": 7},
        {"activation": "leaky_relu", "seeds": 3, "seed": 5},
        {"dropout": 0.4, "batch_size": 1000},
    ],
    ids=str,
)
def test_every_setting_of_a_card_is_in_its_listings(settings):
    data = StudioData.of(DataState(n_samples=60), HALVES, Tables())
    _assert_both_give_the_card(data, replace(SMALL, **settings))


def test_seeds_that_stopped_have_their_own_best_weights_in_the_listing():
    data = StudioData.of(DataState(n_samples=60), HALVES, Tables())
    card = Card(replace(SMALL, hidden=(32,), lr=0.05, batch_size=None, patience=4, epochs=5000, seeds=3), data)
    card.advance(5000, 60.0)
    stopped = card.trained(1)
    assert stopped.is_stopped
    assert len(set(card.live.best_epochs())) > 1
    again, _ = _run(CodeListing.of(stopped).demarcate)
    for run, state, best in zip(again["runs"].repeats["small"], stopped.states, card.live.best_epochs(), strict=True):
        assert run.best_epoch == best
        assert all(map(torch.equal, run.predictor.states()[0][0], state[0]))


@pytest.mark.parametrize("split", [SplitState(0.3, 0), SplitState(0, 0.3)], ids=["no test rows", "no validation rows"])
def test_one_part_of_the_rows_may_be_empty(split):
    _assert_both_give_the_card(StudioData.of(DataState(n_samples=60), split, Tables()), SMALL)


TABLE = "\n".join(
    [
        "width,colour,made,state,size",
        *[
            f"{n % 13 if n % 11 else ''},{['red', 'blue', 'green', ''][n % 4]},2024-0{1 + n % 9}-11,"
            f"{['true', 'false'][n % 3 == 0]},{['', '1', '0'][min(n % 7, 1 + n % 2)]}"
            for n in range(60)
        ],
    ]
)


@pytest.mark.parametrize("drop", [(), ("made",)], ids=["dates by demarcate", "by hand"])
def test_an_opened_table_is_read_as_the_page_read_it(tmp_path, drop):
    path, tables = tmp_path / "sizes.csv", Tables()
    path.write_text(TABLE)
    opened = tables.open(path)
    source = DataState(source="table", table=opened.id, target="size", drop=drop)
    listing = _assert_both_give_the_card(StudioData.of(source, HALVES, tables), SMALL, opened)
    assert ("from demarcate import Network" in listing.pytorch) == (not drop)


def test_numbers_may_be_categories_and_a_rare_one_has_no_column_of_its_own(tmp_path):
    path, tables = tmp_path / "codes.parquet", Tables()
    code = [1] * 20 + [2] * 20 + [3] + [4] * 19
    pl.DataFrame({"code": code, "x": [n % 9 for n in range(60)], "y": ["u", "v", "w"] * 20}).write_parquet(path)
    opened = tables.open(path)
    source = DataState(source="table", table=opened.id, target="y", categorical=("code",))
    _assert_both_give_the_card(StudioData.of(source, HALVES, tables), SMALL, opened)


def test_points_may_be_added_to_a_table(tmp_path):
    path, tables = tmp_path / "two.csv", Tables()
    path.write_text("\n".join(["a,b,y", *[f"{n % 7},{n % 5},{'uv'[n % 2]}" for n in range(40)]]))
    opened = tables.open(path)
    source = DataState(source="table", table=opened.id, target="y", added=((1.5, 2.5, 1), (2.0, 3.0, 0)))
    _assert_both_give_the_card(StudioData.of(source, HALVES, tables), SMALL, opened)


def test_a_dropped_table_has_to_be_put_beside_the_script(tmp_path):
    path, tables = tmp_path / "upload-1", Tables()
    path.write_text("a,b,y\n" + "\n".join(f"{n % 7},{n % 5},{'uv'[n % 2]}" for n in range(40)))
    opened = tables.open(path, "mine.csv")
    source = DataState(source="table", table=opened.id, target="y")
    trained, _ = _trained(StudioData.of(source, HALVES, tables), SMALL)
    listing = CodeListing.of(trained, opened)
    assert listing.notes == ("Put mine.csv beside the script: it was dropped on the page.",)
    assert 'read_table("mine.csv")' in listing.demarcate


def test_names_stay_names_whatever_they_hold(tmp_path):
    path, tables = tmp_path / "upload-1", Tables()
    column = 'a\n" + stop #'
    pl.DataFrame(
        {column: [n % 7 for n in range(40)], "b": [n % 5 for n in range(40)], "y": ["u", "v"] * 20}
    ).write_parquet(path)
    opened = tables.open(path, "mine.parquet")
    opened = replace(opened, name='x\nraise SystemExit("stopped")')
    source = DataState(source="table", table=opened.id, target="y", drop=(column,))
    tables = SimpleNamespace(table=lambda _id: opened)
    trained, _ = _trained(StudioData.of(source, HALVES, tables), replace(SMALL, name='"""\n'))
    for code in (CodeListing.of(trained, opened).demarcate, CodeListing.of(trained, opened).pytorch):
        statements = ast.parse(code).body
        assert not any(isinstance(statement, ast.Raise) for statement in statements)
        assert "beside the script" in code


def test_what_was_changed_on_the_way_is_said_in_a_comment():
    data = StudioData.of(DataState(n_samples=60), HALVES, Tables())
    change = ChangeOnTheWay(2, "lr", 0.1, 0.01)
    listing = _assert_both_give_the_card(data, SMALL, changes=(change,))
    note = "# On the page lr was changed from 0.1 to 0.01 after 2 epochs; here it is 0.01 from the beginning."
    assert note in listing.demarcate
    assert note in listing.pytorch


def test_a_rate_that_falls_is_trained_to_its_end():
    data = StudioData.of(DataState(n_samples=60), HALVES, Tables())
    trained, _ = _trained(data, replace(SMALL, schedule="cosine", epochs=9), epoch=3)
    listing = CodeListing.of(trained)
    assert "epochs=9" in listing.demarcate
    assert "The rate falls over 9 epochs, and the page had trained 3" in listing.pytorch


def test_a_card_that_was_not_trained_yet_has_the_code_of_all_its_epochs():
    data = StudioData.of(DataState(n_samples=60), HALVES, Tables())
    trained, _ = _trained(data, SMALL)
    assert "epochs=3" in CodeListing.of(replace(trained, epoch=0)).demarcate


def test_the_plain_listing_trains_without_demarcate():
    data = StudioData.of(DataState(n_samples=60), HALVES, Tables())
    assert "import demarcate" not in CodeListing.of(_trained(data, SMALL)[0]).pytorch
    assert "from demarcate" not in CodeListing.of(_trained(data, SMALL)[0]).pytorch


def test_the_data_sets_of_the_listing_are_those_of_the_page():
    X, y = datasets.moons(60, 0.3, 0)
    own = StudioData.of(DataState(n_samples=60), HALVES, Tables())
    assert (own.read.frame.rows(), own.codes.tolist()) == (X.rows(), y.tolist())
