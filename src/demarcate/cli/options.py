"""The options of the commands, a dataclass for each group, and the reading of their values."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import Setting
from demarcate.engine.optimizers import OPTIMIZERS
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.spec import HEAD_HELP

Seed = Annotated[int, typer.Option(help="Seed of everything random."), Setting("random_state")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no tables; only errors and warnings.")]
Checkpoint = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER",
        help="Save checkpoints of the training to this folder; the same command resumes from there.",
    ),
    Setting(),
]


@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """What is printed while a command runs and at its end."""

    as_json: Json = False
    quiet: Quiet = False

    @property
    def shows_tables(self) -> bool:
        """Whether tables for people are printed."""
        return not (self.as_json or self.quiet)


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """How a text table is read."""

    encoding: Annotated[str | None, typer.Option(help="Encoding of a text table, for example latin-1.")] = None
    delimiter: Annotated[
        str | None, typer.Option(help="What separates the cells of a text table: a character, or tab.")
    ] = None

    @property
    def delimiter_character(self) -> str | None:
        """The delimiter itself: most shells take no tab between quotes."""
        return "\t" if self.delimiter in ("\\t", "tab") else self.delimiter


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """A table to learn from or to audit, its target, and the kinds of its columns."""

    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE",
            help="A CSV, TSV, Parquet, Arrow or JSON lines file, an http(s) address, - for standard input, or a "
            "built-in data set.",
        ),
    ]
    target: Annotated[str | None, typer.Option("--target", "-t", help="The column to predict.")] = None
    categorical: Annotated[
        list[str] | None,
        typer.Option(help='Columns that are categories: a,b or repeated; "a, b" in quotes is one name.'),
    ] = None
    numerical: Annotated[list[str] | None, typer.Option(help="Columns that are numbers.")] = None
    drop: Annotated[list[str] | None, typer.Option(help="Columns not to use.")] = None
    drop_missing_target: Annotated[
        bool, typer.Option("--drop-missing-target", help="Leave out rows that have no target.")
    ] = False

    def column_lists(self, columns: Sequence[str], own: Sequence[str] = ()) -> dict[str, list[str]]:
        """Return the named columns by kind; columns that the table itself calls categories come last."""
        lists = {kind: column_names(getattr(self, kind), columns) for kind in ("categorical", "numerical", "drop")}
        named = {name for names in lists.values() for name in names}
        return {**lists, "categorical": [*lists["categorical"], *(name for name in own if name not in named)]}


@dataclass(frozen=True, kw_only=True)
class ScoredTableOptions:
    """A table to score a saved model on."""

    table: Annotated[str, typer.Argument(metavar="TABLE", help="A table with the target, not seen in training.")]
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="The target, if the table has another name for it.")
    ] = None
    drop_missing_target: Annotated[
        bool, typer.Option("--drop-missing-target", help="Leave out rows that have no target.")
    ] = False


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """A saved model."""

    model: Annotated[str, typer.Argument(metavar="MODEL", help="A file that 'demarcate fit --out' wrote.")]
    expect_sha256: Annotated[
        str | None,
        typer.Option(metavar="HEX", help="Refuse the model unless its file has this SHA-256, which fit printed."),
    ] = None


@dataclass(frozen=True, kw_only=True)
class DecisionOptions:
    """What mistakes and abstaining cost."""

    cost: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MISTAKE=NUMBER",
            help="What a mistake costs: false_negative=2,false_positive=1 for two classes (positive is the second in "
            "sorted order), or TRUE:DECIDED=3; repeat it. Others cost 1.",
        ),
    ] = None
    abstain: Annotated[
        float | None,
        typer.Option(
            help="What it costs not to decide; rows where that is cheapest are left undecided. A saved model keeps "
            "its own unless one is given."
        ),
        Setting(),
    ] = None


def column_names(values: Sequence[str] | None, columns: Sequence[str] = ()) -> list[str]:
    """Return the column names in the values of a repeatable option, which may be comma-separated lists.

    A value that names a column as it is, commas and all, is that column. In a list, quotes keep such a name together.
    """
    names: list[str] = []
    for value in values or ():
        if value.strip() in columns:
            names.append(value.strip())
            continue
        try:
            names += next(csv.reader([value], skipinitialspace=True, strict=True), [])
        except csv.Error:
            raise UsageError(
                f"the list of names {value!r} cannot be read. Put a name with a comma between double quotes"
            ) from None
    return [name.strip() for name in names if name.strip()]


def hidden_widths(text: str) -> tuple[int, ...]:
    """Return layer widths such as ``16,16``; ``none`` is a linear model."""
    try:
        return _widths(text)
    except ValueError:
        raise UsageError(f"--hidden takes widths such as 16,16, or none: got {text!r}") from None


def _widths(text: str) -> tuple[int, ...]:
    return () if text.strip().lower() in ("none", "0", "") else tuple(int(part) for part in text.split(","))


def _described(choices: Iterable[Any]) -> str:
    """Return the names and help texts of a registry's records."""
    return "; ".join(f"{choice.name}: {choice.help}" for choice in choices)


def _none_if_zero(number: int) -> int | None:
    return number or None


@dataclass(frozen=True, kw_only=True)
class NetworkOptions:
    """The layers of a network."""

    hidden: Annotated[
        str | None,
        typer.Option(help="Widths of the hidden layers, such as 16,16; none for linear. [default: by preset, 256,256]"),
        Setting(read=hidden_widths),
    ] = None
    activation: Annotated[
        str | None,
        typer.Option(help=_described(ACTIVATIONS.values()) + ". [default: silu]"),
        Setting(),
    ] = None
    dropout: Annotated[
        float | None, typer.Option(help="Chance that a hidden unit is silenced in training. [default: 0.15]"), Setting()
    ] = None
    head: Annotated[
        str | None,
        typer.Option(
            help="; ".join(f"{name}: {text}" for name, text in HEAD_HELP.items())
            + "; auto: logit for two classes, softmax for more. [default: auto]"
        ),
        Setting(),
    ] = None


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How networks are trained, and on which device."""

    preset: Annotated[
        str | None, typer.Option(help="fast, default or best: from quick to thorough. [default: default]"), Setting()
    ] = None
    optimizer: Annotated[
        str | None, typer.Option(help=_described(OPTIMIZERS.values()) + ". [default: adamw]"), Setting()
    ] = None
    lr: Annotated[float | None, typer.Option(help="Learning rate. [default: 0.003]"), Setting()] = None
    weight_decay: Annotated[float | None, typer.Option(help="Weight decay. [default: 0.01]"), Setting()] = None
    schedule: Annotated[str | None, typer.Option(help="constant or cosine. [default: cosine]"), Setting()] = None
    epochs: Annotated[
        int | None, typer.Option(help="The most passes over the rows. [default: by preset, 100]"), Setting()
    ] = None
    batch_size: Annotated[
        int | None,
        typer.Option(help="Rows in a step; 0 for all of them. [default: 32 to 256, by rows]"),
        Setting(read=_none_if_zero),
    ] = None
    patience: Annotated[
        int | None,
        typer.Option(help="Epochs without improvement before stopping; 0 for never. [default: by preset, 15]"),
        Setting(read=_none_if_zero),
    ] = None
    class_weight: Annotated[
        str | None, typer.Option(help="balanced: rare classes count as much as frequent ones."), Setting()
    ] = None
    device: Annotated[
        str | None, typer.Option(help="auto, cpu, cuda or another torch device. [default: auto]"), Setting()
    ] = None
    precision: Annotated[
        str | None,
        typer.Option(help="auto, float32, or bf16 for the products of wide layers. [default: auto]"),
        Setting(),
    ] = None


@dataclass(frozen=True)
class Grid(Setting):
    """Marks an option as the values of a setting that a sweep tries: lists such as ``0,0.2``, or ranges.

    A range such as ``1e-4..1e-1`` is sampled on a logarithmic scale if ``log``. Text that is no number stays as it is:
    the sweep refuses it together with all other wrong values.
    """

    read: Callable[[str], Any] = str
    log: bool = field(default=True, kw_only=True)

    def convert(self, value: Any) -> Any:
        """Return the values to try."""
        if isinstance(value, list):
            return [self._read(text) for text in value]
        low, dots, high = value.partition("..")
        if dots and "," not in value and self.read is not str:
            from demarcate.experiments.sweep import Between

            return Between(self._read(low), self._read(high), log=self.log)
        return [self._read(text.strip()) for text in value.split(",")]

    def _read(self, text: str) -> Any:
        try:
            return self.read(text)
        except ValueError:
            return text


def _batch_size(text: str) -> int | None:
    return None if text in ("0", "all") else int(text)


@dataclass(frozen=True, kw_only=True)
class GridOptions:
    """The values that a sweep tries."""

    hidden: Annotated[
        list[str] | None,
        typer.Option(help="Widths of one network's hidden layers, such as 16,16, or none; repeat it. [default: 32]"),
        Grid(read=_widths),
    ] = None
    activation: Annotated[
        str | None, typer.Option(help=f"Some of {', '.join(ACTIVATIONS)}. [default: relu]"), Grid()
    ] = None
    dropout: Annotated[
        str | None,
        typer.Option(help="Chances that a hidden unit is silenced, such as 0,0.2. [default: 0.0]"),
        Grid(read=float, log=False),
    ] = None
    weight_decay: Annotated[str | None, typer.Option(help="Such as 0,1e-4,1e-2. [default: 0.0]"), Grid(read=float)] = (
        None
    )
    lr: Annotated[
        str | None,
        typer.Option(help="Learning rates, such as 1e-3,1e-2 or, sampled, 1e-4..1e-1. [default: 0.001]"),
        Grid(read=float),
    ] = None
    optimizer: Annotated[str | None, typer.Option(help=f"Some of {', '.join(OPTIMIZERS)}. [default: adam]"), Grid()] = (
        None
    )
    batch_size: Annotated[
        str | None, typer.Option(help="Rows in a step; 0 for all of them. [default: 32]"), Grid(read=_batch_size)
    ] = None
    epochs: Annotated[str | None, typer.Option(help="Passes over the rows. [default: 100]"), Grid(read=int)] = None
