"""Options that several commands share, and how their values are read."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from demarcate.cli.error_handling import UsageError, say
from demarcate.engine.optimizers import OPTIMIZERS
from demarcate.errors import Interrupted
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.spec import HEAD_HELP

Table = Annotated[
    str,
    typer.Argument(
        metavar="TABLE",
        help="A CSV, TSV, Parquet, Arrow or JSON lines file, an http(s) address, - for standard input, or a built-in "
        "data set.",
    ),
]
Target = Annotated[str | None, typer.Option("--target", "-t", help="The column to predict.")]
Categorical = Annotated[
    list[str] | None, typer.Option(help='Columns that are categories: a,b or repeated; "a, b" in quotes is one name.')
]
Numerical = Annotated[list[str] | None, typer.Option(help="Columns that are numbers.")]
Drop = Annotated[list[str] | None, typer.Option(help="Columns not to use.")]
DropMissingTarget = Annotated[bool, typer.Option("--drop-missing-target", help="Leave out rows that have no target.")]
Seed = Annotated[int, typer.Option(help="Seed of everything random.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no tables; only errors and warnings.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Encoding of a text table, for example latin-1.")]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", help="What separates the cells of a text table: a character, or tab.")
]
Checkpoint = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER", help="Put training down in this folder now and then; the same command goes on from there."
    ),
]
Preset = Annotated[
    str | None,
    typer.Option(help="fast, default or best: how much work it is worth. [default: default]"),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(help="Seconds after which training ends with the best networks so far; an epoch is begun anyway."),
]
Hidden = Annotated[
    str | None,
    typer.Option(help="Widths of the hidden layers, such as 16,16; none for linear. [default: by preset, 256,256]"),
]
Activation = Annotated[
    str | None,
    typer.Option(help="; ".join(f"{each.name}: {each.help}" for each in ACTIVATIONS.values()) + ". [default: silu]"),
]
Dropout = Annotated[
    float | None, typer.Option(help="Chance that a hidden unit is silenced in training. [default: 0.15]")
]
Head = Annotated[
    str | None,
    typer.Option(
        help="; ".join(f"{name}: {text}" for name, text in HEAD_HELP.items())
        + "; auto: logit for two classes, softmax for more. [default: auto]"
    ),
]
Optimizer = Annotated[
    str | None,
    typer.Option(help="; ".join(f"{each.name}: {each.help}" for each in OPTIMIZERS.values()) + ". [default: adamw]"),
]
Lr = Annotated[float | None, typer.Option(help="Learning rate. [default: 0.003]")]
WeightDecay = Annotated[float | None, typer.Option(help="Weight decay. [default: 0.01]")]
Schedule = Annotated[str | None, typer.Option(help="constant or cosine. [default: cosine]")]
Epochs = Annotated[int | None, typer.Option(help="The most passes over the rows. [default: by preset, 100]")]
BatchSize = Annotated[int | None, typer.Option(help="Rows in a step; 0 for all of them. [default: 32 to 256, by rows]")]
Patience = Annotated[
    int | None, typer.Option(help="Epochs without improvement before stopping; 0 for never. [default: by preset, 15]")
]
ClassWeight = Annotated[str | None, typer.Option(help="balanced: rare classes count as much as frequent ones.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu, cuda or another torch device. [default: auto]")]
Precision = Annotated[
    str | None, typer.Option(help="auto, float32, or bf16 for the products of wide layers. [default: auto]")
]
Cost = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MISTAKE=NUMBER",
        help="What a mistake costs: false_negative=2,false_positive=1 for two classes (positive is the second in "
        "sorted order), or TRUE:DECIDED=3; repeat it. Others cost 1.",
    ),
]
Abstain = Annotated[
    float | None,
    typer.Option(
        help="What it costs not to decide; rows where that is cheapest are left undecided. Of a saved model it stays "
        "as it is unless given."
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        metavar="AMOUNT",
        help="What a Parquet or Arrow table, and all that is made of it, may take of the memory, such as 1GB; what is "
        "larger is kept on disk, beside --out or in TMPDIR.",
    ),
]
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A file that 'demarcate fit --out' wrote.")]
ExpectSha256 = Annotated[
    str | None,
    typer.Option(
        "--expect-sha256", metavar="HEX", help="Refuse the model unless its file has this SHA-256, which fit printed."
    ),
]


@contextmanager
def put_down_in(checkpoint: str | None, *, quiet: bool) -> Iterator[None]:
    """Tell where training is taken up, and that it can be taken up again, after Ctrl-C as after its end."""

    def is_begun() -> bool:
        return checkpoint is not None and (Path(checkpoint) / "manifest.json").exists()

    if is_begun() and not quiet:
        say(f"Taking up the training in {checkpoint}.")
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt as error:
        if is_begun():
            raise Interrupted(f"training so far is saved in {checkpoint}. Repeat the same call to resume it") from error
        raise
    if checkpoint is not None and not quiet:
        say(f"The training stays in {checkpoint}: the same command takes it up, and without the folder it begins anew.")


def refuse_impossible(settings: Mapping[str, Any], seed: int) -> None:
    """Refuse settings that no table would make good before one is read, though torch takes seconds to import."""
    if settings or seed < 0:
        from demarcate.classifier import DemarcateClassifier

        DemarcateClassifier(**settings, random_state=seed).check_settings()


def given(settings: Mapping[str, Any], *, batch_size: int | None, patience: int | None) -> dict[str, Any]:
    """The estimator's settings that were named on the command line, where 0 rows are all rows and 0 epochs never.

    Examples
    --------
    >>> given({"lr": None, "head": "logit"}, batch_size=0, patience=None)
    {'head': 'logit', 'batch_size': None}
    """
    named = {name: value for name, value in settings.items() if value is not None}
    counts = {"batch_size": batch_size, "patience": patience}
    return named | {name: value or None for name, value in counts.items() if value is not None}


def names(values: Sequence[str] | None, columns: Sequence[str] = ()) -> list[str]:
    """Column names from a repeatable option whose values may be comma-separated lists.

    A value that names a column as it is, commas and all, is that column. In a list, quotes keep such a name together.

    Examples
    --------
    >>> names(["sex,cp", "thal"])
    ['sex', 'cp', 'thal']
    >>> names(["income, yearly", '"height, standing",sex'], columns=["income, yearly", "sex"])
    ['income, yearly', 'height, standing', 'sex']
    """
    found: list[str] = []
    for value in values or ():
        if value.strip() in columns:
            found.append(value.strip())
            continue
        try:
            found += next(csv.reader([value], skipinitialspace=True, strict=True), [])
        except csv.Error:
            raise UsageError(
                f"a name with a comma stands between double quotes, in a list of names: got {value}"
            ) from None
    return [name.strip() for name in found if name.strip()]


def widths(text: str | None) -> tuple[int, ...] | None:
    """Layer widths such as ``16,16``; ``none`` is a linear model.

    Examples
    --------
    >>> widths("16,16"), widths("none"), widths(None)
    ((16, 16), (), None)
    """
    if text is None:
        return None
    if text.strip().lower() in ("none", "0", ""):
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--hidden takes widths such as 16,16, or none: got {text!r}") from None


_WHOLE = ("batch_size", "epochs")
_WORDS = ("activation", "optimizer")
_LINEAR = ("dropout",)
"""Ranges of the other numbers are drawn from on a logarithmic scale."""


def values_to_try(options: Mapping[str, Any]) -> dict[str, Any]:
    """What a sweep is to try, from lists such as ``0,0.2`` and ranges such as ``1e-4..1e-1``, by setting.

    Text that is no number stays as it is: the sweep tells what is wrong with it together with everything else.

    Examples
    --------
    >>> values_to_try({"hidden": ["none", "16,16"], "lr": "0.1,x", "batch_size": "32,0", "epochs": None})
    {'hidden': [(), (16, 16)], 'lr': [0.1, 'x'], 'batch_size': [32, None]}
    >>> values_to_try({"lr": "1e-4..1e-1"})
    {'lr': Between(low=0.0001, high=0.1, log=True)}
    """
    return {name: _values(name, given) for name, given in options.items() if given is not None and given != []}


def _values(name: str, given: Any) -> Any:
    if isinstance(given, list):
        return [_widths(text) for text in given]
    low, dots, high = given.partition("..")
    if dots and "," not in given and name not in _WORDS:
        from demarcate.experiments.sweep import Between

        return Between(_value(name, low), _value(name, high), log=name not in _LINEAR)
    return [_value(name, text) for text in given.split(",")]


def _widths(text: str) -> Any:
    if text.strip().lower() in ("none", "0", ""):
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        return text


def _value(name: str, text: str) -> Any:
    text = text.strip()
    if name == "batch_size" and text in ("0", "all"):
        return None
    if name in _WORDS:
        return text
    try:
        return int(text) if name in _WHOLE else float(text)
    except ValueError:
        return text
