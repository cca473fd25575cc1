"""The options of the commands, a dataclass for each group, and the reading of their values."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from demarcate.cli.built_in_options import BuiltInOptions
from demarcate.cli.completion import complete_columns, complete_table, one_of
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import Setting, argument, option, setting
from demarcate.engine.optimizers import OPTIMIZERS
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.spec import HEAD_HELP

if TYPE_CHECKING:
    from demarcate.inference import FittedModel, Predictor
    from demarcate.tabular.column_options import CellOptions, ColumnOptions
    from demarcate.trainingset.read_dependence import RowRoles

Seed = Annotated[int, Option(help="Seed of everything random."), Setting("random_state")]
Json = Annotated[bool, Option("--json", help="Print one JSON object on standard output, and nothing else there.")]
Quiet = Annotated[bool, Option("--quiet", "-q", help="Print no progress and no tables, only errors and warnings.")]
Strict = Annotated[
    bool,
    Option("--strict", help="Exit with 1, once all is written, if rows are outside what was trained on."),
]
CHECKPOINT = "Save the training to this folder as it goes; the same command resumes it."
_DROP_MISSING = "Leave out rows whose target is missing."
POSITIVE = (
    "Label of the positive class of two: false_negative, thresholds and average precision are about it. [default: the "
    "one that labels such as no and yes say themselves; for a saved model, its own]"
)
PREDICTION_DIGITS = 6
"""Significant digits of probabilities in text, by default."""
TRUE_LABELS = "Column with the true labels. [default: the column that the model predicts]"


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
class ReadingOptions(BuiltInOptions):
    """How a text table is read, and the shape of a built-in one."""

    encoding: str | None = option("Encoding of a text table, such as latin-1; UTF-8 if not given.")
    delimiter: str | None = option("Character between the cells of a text table, or tab; found by itself if not given.")
    skip_rows: int | None = option("Lines of a text table before its header; found if not given.", metavar="N")
    header: bool | None = option(
        "--header: the first line of a text table has the names, and every other line is a row. --no-header: there are "
        "no names, and columns are called column_1 and so on. [default: found out, and said]",
        "--header/--no-header",
    )
    decimal: str | None = option(
        "Decimal separator of numbers in text: a point or a comma; as the cells say if not given.",
        metavar="CHARACTER",
    )
    thousands: str | None = option(
        "Thousands separator of numbers in text: , . ' or space; as the cells say if not given.",
        metavar="CHARACTER",
    )
    missing: list[str] | None = option(
        "Words for a missing value in any column, beside an empty cell: -999,n.d. or repeat the option.",
        metavar="WORDS",
    )

    @property
    def delimiter_character(self) -> str | None:
        """The delimiter itself: most shells take no tab between quotes."""
        return "\t" if self.delimiter in ("\\t", "tab") else self.delimiter

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `read_table` and `stream_table`."""
        delimiter = self.delimiter_character
        return {"encoding": self.encoding, "delimiter": delimiter, "skip_rows": self.skip_rows, "header": self.header}

    def words(self) -> list[str]:
        """Return the options as words of a command line."""
        delimiter = "tab" if self.delimiter == "\t" else self.delimiter
        named = {"--encoding": self.encoding, "--delimiter": delimiter, "--skip-rows": self.skip_rows}
        words = [word for flag, value in named.items() if value is not None for word in (flag, str(value))]
        words += self.shape_words()
        return words if self.header is None else [*words, "--header" if self.header else "--no-header"]

    def cells(self) -> "CellOptions":
        """Return how cells are read."""
        from demarcate.tabular.column_options import CellOptions

        thousands = " " if self.thousands == "space" else self.thousands
        return CellOptions(self.decimal, thousands, tuple(column_names(self.missing)))


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """A table to learn from or to audit, its target, and the kinds of its columns."""

    table: str = argument(
        "A CSV, TSV, Parquet, Arrow or JSON lines file, an http(s) address, - for standard input, or a built-in data "
        "set: heart, blobs, circles or moons.",
        "TABLE",
        complete=complete_table,
    )
    target: str | None = option("Column to predict.", "--target", "-t", complete=complete_columns)
    categorical: list[str] | None = option(
        "Columns to read as categories: a,b, or repeat the option. A name with a comma goes in double quotes.",
        metavar="COLUMNS",
        complete=complete_columns,
    )
    numerical: list[str] | None = option("Columns to read as numbers.", metavar="COLUMNS", complete=complete_columns)
    text: list[str] | None = option(
        "Columns to read as text, of which words are learned.", metavar="COLUMNS", complete=complete_columns
    )
    dates: list[str] | None = option(
        "Columns to read as dates: a,b or a=FORMAT, a pattern such as %d.%m.%Y, or epoch, epoch_ms or excel.",
        metavar="COLUMNS",
        complete=complete_columns,
    )
    drop: list[str] | None = option("Columns to leave out.", metavar="COLUMNS", complete=complete_columns)
    drop_missing_target: bool = option(_DROP_MISSING, "--drop-missing-target", default=False)
    merge_labels: bool = option(
        "Make one class of labels that are one word in several spellings, such as Yes, yes and YES, or 1 and true.",
        "--merge-labels",
        default=False,
    )

    def column_options(
        self, columns: Sequence[str], reading: ReadingOptions, own: Sequence[str] = ()
    ) -> "ColumnOptions":
        """Return how columns are read; columns that the table itself calls categories come last."""
        from demarcate.tabular.column_options import COLUMN_LISTS, ColumnOptions

        lists = {kind: tuple(column_names(getattr(self, kind), columns)) for kind in COLUMN_LISTS}
        dates = dict(named_format(value, columns) for value in column_names(self.dates, columns))
        return ColumnOptions(**lists, dates=dates, cells=reading.cells()).with_own_categorical(own)


@dataclass(frozen=True, kw_only=True)
class RowColumns:
    """What columns say of the rows: which belong together, when they were, and what each counts."""

    group: list[str] | None = option(
        "Columns that say which rows belong together, such as those of one person: scores are those of new groups.",
        metavar="COLUMNS",
        complete=complete_columns,
    )
    time: str | None = option(
        "Column of dates or numbers that orders the rows: scores are those of later rows.",
        metavar="COLUMN",
        complete=complete_columns,
    )
    weights: str | None = option(
        "Column that says what each row counts in every score. [default: the column that the model was trained with]",
        metavar="COLUMN",
        complete=complete_columns,
    )

    def roles(self, columns: Sequence[str]) -> "RowRoles":
        """Return the roles of the named columns, for a table that has the given ones."""
        from demarcate.trainingset.read_dependence import RowRoles

        return RowRoles(tuple(column_names(self.group, columns)) or None, self.time, weights=self.weights)


@dataclass(frozen=True, kw_only=True)
class RowOptions(RowColumns):
    """The same of rows to learn from, whose labels may be known late."""

    weights: str | None = option(
        "Column that says what each row counts, in training and in every score; rows of weight 0 are left out.",
        metavar="COLUMN",
        complete=complete_columns,
    )
    gap: str | None = option(
        "With --time: how long after its row a label is known, such as 7d or 36h; a plain number is in days for dates, "
        "else in the column's unit.",
        metavar="TIME",
    )

    def roles(self, columns: Sequence[str]) -> "RowRoles":
        """Return the roles of the named columns, for a table that has the given ones."""
        return replace(super().roles(columns), gap=self.gap or 0.0)

    def words(self) -> list[str]:
        """Return the options as words of a command line."""
        named = {"--time": self.time, "--gap": self.gap, "--weights": self.weights}
        words = [word for group in self.group or () for word in ("--group", group)]
        return words + [word for flag, value in named.items() if value is not None for word in (flag, value)]


@dataclass(frozen=True, kw_only=True)
class ScoredTableOptions:
    """A table to score a saved model on."""

    table: str = argument(
        "Rows with their target, which the model was not trained on.", "TABLE", complete=complete_table
    )
    target: str | None = option(TRUE_LABELS, "--target", "-t", complete=complete_columns)
    drop_missing_target: bool = option(_DROP_MISSING, "--drop-missing-target", default=False)


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """A saved model."""

    model: str = argument("A file that 'demarcate fit --out' wrote.", "MODEL")
    expect_sha256: str | None = option(
        "Refuse the model file unless this is its SHA-256, which fit printed.", metavar="HEX"
    )

    def load(self, reading: ReadingOptions | None = None) -> "Predictor":
        """Read the model, for tables whose cells are written as options say."""
        from demarcate.bundle import read_bundle

        predictor = read_bundle(self.model, expect_sha256=self.expect_sha256)
        return predictor if reading is None else replace(predictor, cells=reading.cells())

    def load_for_a_row(self, reading: ReadingOptions) -> "FittedModel":
        """Read the model to predict a single row: without torch, if numpy computes its networks."""
        from demarcate.bundle import inspect_bundle
        from demarcate.bundle.array_model import build_numpy_predictor, computes_all

        file = inspect_bundle(self.model, expect_sha256=self.expect_sha256)
        if not computes_all(file.spec):
            return self.load(reading)
        return replace(build_numpy_predictor(file.spec, file.tensors), cells=reading.cells())


@dataclass(frozen=True, kw_only=True)
class DecisionOptions:
    """Which class is positive, and what mistakes and abstaining cost."""

    positive: str | None = setting(POSITIVE, "--positive", name="pos_label", metavar="LABEL")
    cost: list[str] | None = option(
        "Cost of a mistake, otherwise 1: TRUE:DECIDED=3 names the true label and the one decided on. For two classes "
        "also false_negative=2,false_positive=1: missing the positive class, and a false alarm.",
        metavar="MISTAKE=NUMBER",
    )
    abstain: float | None = setting(
        "Cost of no decision: rows for which that is cheapest get no label. Without it a saved "
        "model decides as it was saved."
    )


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
            fact = f"The list of columns {value!r} cannot be read"
            raise UsageError(fact, "Put a name with a comma between double quotes") from None
    return [name.strip() for name in names if name.strip()]


def named_format(value: str, columns: Sequence[str]) -> tuple[str, str]:
    """Return the column and the format of ``COLUMN=FORMAT``; the name of a column may hold an equals sign."""
    if value in columns:
        return value, ""
    known = [name for name in columns if value.startswith(f"{name}=")]
    name = max(known, key=len) if known else value.partition("=")[0]
    return name, value[len(name) + 1 :]


def hidden_widths(text: str) -> tuple[int, ...]:
    """Return layer widths such as ``16,16``; ``none`` is a linear model."""
    try:
        return () if text.strip().lower() in ("none", "0", "") else tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--hidden is {text!r}", "Give the widths of the layers, such as 16,16, or none") from None


def _described(choices: Iterable[Any]) -> str:
    """Return the names and help texts of a registry's records."""
    return "; ".join(f"{choice.name}: {choice.help}" for choice in choices)


def _none_if_zero(number: int) -> int | None:
    return number or None


@dataclass(frozen=True, kw_only=True)
class NetworkOptions:
    """The layers of a network."""

    hidden: str | None = setting(
        "Widths of the hidden layers, such as 16,16, or none. [default: by preset, 256,256]", read=hidden_widths
    )
    activation: str | None = setting(
        f"{_described(ACTIVATIONS.values())}. [default: by preset, silu]", complete=one_of(ACTIVATIONS)
    )
    dropout: float | None = setting("Chance that a hidden unit is silenced in training. [default: by preset, 0.15]")
    head: str | None = setting(
        "; ".join(f"{name}: {text}" for name, text in HEAD_HELP.items())
        + "; auto: logit for two classes, softmax for more. [default: auto]"
    )


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How networks are trained, and on which device."""

    preset: str | None = setting(
        "fast, default or best: from quick to thorough. lesson: one network as in a first lesson, with that lesson's "
        "settings for blobs, circles, moons and heart. [default: default]",
        complete=one_of(("fast", "default", "best", "lesson")),
    )
    optimizer: str | None = setting(
        f"{_described(OPTIMIZERS.values())}. [default: by preset, adamw]", complete=one_of(OPTIMIZERS)
    )
    lr: float | None = setting("Learning rate. [default: by preset, 0.003]")
    weight_decay: float | None = setting("Weight decay. [default: by preset, 0.01]")
    schedule: str | None = setting(
        "constant or cosine: the learning rate over time. [default: by preset, cosine]",
        complete=one_of(("constant", "cosine")),
    )
    epochs: int | None = setting("Passes over the rows, at most. [default: by preset, 100]")
    batch_size: int | None = setting(
        "Rows in a training step; 0 for all. [default: 32 to 256, by the number of rows]", read=_none_if_zero
    )
    patience: int | None = setting(
        "Epochs without improvement before training stops; 0 for never. [default: by preset, 15]", read=_none_if_zero
    )
    class_weight: str | None = setting(
        "balanced: rare classes count as much as frequent ones.", complete=one_of(("balanced",))
    )
    device: str | None = setting("auto, cpu, cuda or another torch device. [default: auto]")
    precision: str | None = setting("auto, float32, or bf16 for the products of wide layers. [default: auto]")


_STANDARDISE = "Whether numbers are scaled to mean 0 and standard deviation 1 of the training rows."
_CATEGORY_ENCODING = "one_hot: an input for each category; integer: one input for all, 1, 2, 3 and so on."


@dataclass(frozen=True, kw_only=True)
class EncodingOptions:
    """How the columns of a table become the inputs of a network."""

    standardise: bool | None = setting(f"{_STANDARDISE} [default: standardise]", "--standardise/--no-standardise")
    category_encoding: str | None = setting(f"{_CATEGORY_ENCODING} [default: one_hot]")


@dataclass(frozen=True, kw_only=True)
class PresetEncodingOptions(EncodingOptions):
    """The same where a preset decides what is not set."""

    standardise: bool | None = setting(
        f"{_STANDARDISE} [default: by preset, standardise]", "--standardise/--no-standardise"
    )
    category_encoding: str | None = setting(f"{_CATEGORY_ENCODING} [default: by preset, one_hot]")


def values_to_try(read: Callable[[str], Any] = str, *, log: bool = True) -> Callable[[Any], Any]:
    """Return a reader of lists such as ``0,0.2``, and of ranges such as ``1e-4..1e-1``, for numbers.

    Text that is no number stays as it is: the sweep refuses it together with all other wrong values.
    """

    def read_one(text: str) -> Any:
        try:
            return read(text)
        except (ValueError, UsageError):
            return text

    def read_values(value: list[str] | str) -> Any:
        if isinstance(value, list):
            return list(map(read_one, value))
        low, dots, high = value.partition("..")
        if dots and "," not in value and read is not str:
            from demarcate.experiments.sweep import Between

            return Between(read_one(low), read_one(high), log=log)
        return [read_one(text.strip()) for text in value.split(",")]

    return read_values


def _read_batch_size(text: str) -> int | None:
    return None if text in ("0", "all") else int(text)


@dataclass(frozen=True, kw_only=True)
class GridOptions:
    """The values that a sweep tries."""

    hidden: list[str] | None = setting(
        "Widths of one network's hidden layers, such as 16,16, or none; repeat it. [default: 32]",
        metavar="WIDTHS",
        read=values_to_try(hidden_widths),
    )
    activation: str | None = setting(f"Some of {', '.join(ACTIVATIONS)}. [default: relu]", read=values_to_try())
    dropout: str | None = setting(
        "Chances that a hidden unit is silenced, such as 0,0.2. [default: 0.0]", read=values_to_try(float, log=False)
    )
    weight_decay: str | None = setting("Weight decays, such as 0,1e-4,1e-2. [default: 0.0]", read=values_to_try(float))
    lr: str | None = setting(
        "Learning rates, such as 1e-3,1e-2 or, sampled, 1e-4..1e-1. [default: 0.001]", read=values_to_try(float)
    )
    optimizer: str | None = setting(f"Some of {', '.join(OPTIMIZERS)}. [default: adam]", read=values_to_try())
    batch_size: str | None = setting(
        "Rows in a training step; 0 for all. [default: 32]", read=values_to_try(_read_batch_size)
    )
    epochs: str | None = setting("Passes over the rows. [default: 100]", read=values_to_try(int))


def check_settings(settings: Mapping[str, Any], seed: int) -> None:
    """Refuse settings of a classifier that are wrong for every table, before one is read."""
    if settings or seed < 0:
        # torch takes seconds to import: defaults need no check.
        from demarcate.classifier import DemarcateClassifier

        DemarcateClassifier(**settings, random_state=seed).check_settings()
