"""Random models of every kind that a model file may hold, and rows for them: nothing is trained, so they are cheap.

`random_model` is the same for the same arguments. `as_torch` computes it with torch, `as_file` saves it.
"""

import math
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from demarcate.encoding import TableEncoder
from demarcate.encoding.categorical import CategoricalEncoder
from demarcate.encoding.categorical_target import CategoricalTargetEncoder
from demarcate.encoding.category_code import CategoryCodeEncoder
from demarcate.encoding.date import DateEncoder
from demarcate.encoding.hashed_weights import HashedWeights
from demarcate.encoding.numeric import NumericEncoder
from demarcate.encoding.oblivious_trees import Trees
from demarcate.encoding.piecewise import PiecewiseEncoder
from demarcate.encoding.piecewise_target import PiecewiseTargetEncoder
from demarcate.encoding.text_components import TextEncoder
from demarcate.encoding.text_scores import TextScoreEncoder
from demarcate.encoding.tree_leaves import OrderedColumn, TreeLeaves
from demarcate.evaluation import Costs
from demarcate.evaluation.conformal import Conformal
from demarcate.inference import NumpyPredictor
from demarcate.nn import ACTIVATION_NAMES, Network, ResidualNetwork, family_of
from demarcate.nn.spec import n_outputs
from demarcate.tabular import Column, Schema, TrainedOn
from demarcate.tabular.label_types import class_array, common_type
from demarcate.tabular.number_format import NumberFormat
from demarcate.tabular.schema import KINDS
from demarcate.tabular.trained_range import TrainedRange

ODD_TEXTS = (
    *(
        "age",
        "Größe",
        "日本",
        "resting blood pressure",
        "a=b",
        "=1+1",
        "it's",
        'say "hi"',
        "comma, semicolon;",
        "x" * 300,
    ),
    *(
        "🙂",
        "new\nline",
        "tab\there",
        "back\\slash",
        "{braces}",
        "%s",
        "class",
        "None",
        "label",
        "probabilities",
        "rows",
    ),
    *(
        "1",
        "2.5",
        "007",
        "-3",
        "1e3",
        "nan",
        "NA",
        "null",
        "True",
        "@",
        "#",
        "$price",
        "a/b",
        "..",
        "__init__",
        "é",
        "e\u0301",
    ),
)
"""Texts that are names of columns, categories and classes; each is a category as it would be read."""
_CATEGORIES = (*(text for text in ODD_TEXTS if text not in ("1e3", "True")), "1000", "true", "12:30:00.5")
_WORDS = ("fast", "slow", "engine", "Ärger", "don't", "2nd", "東京", "good", "not", "x", "🙂", "re-use", "a.b")
_FORMATS = (
    *(NumberFormat(), NumberFormat(), NumberFormat(), NumberFormat(",", ".", "€", "number")),
    *(NumberFormat(".", ",", "", "number"), NumberFormat(".", "", "%", "number"), NumberFormat(notation="duration")),
)
_DATE_FORMATS = ("", "", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y", "%Y%m%d", "epoch", "excel")
_LABELS = (
    ODD_TEXTS,
    ("no", "yes"),
    (-1, 0, 1, 7, 2**60),
    (False, True),
    (0.5, 1.0, 2.5, 1e-9),
    (Decimal("0.10"), Decimal(3)),
    (date(2024, 2, 29), date(2025, 1, 1), date(1, 1, 1)),
    (datetime(2024, 1, 1, 12, 30), datetime(2024, 1, 2)),
)
_EXTREMES = (0.0, -0.0, 1e300, -1e300, 1.7976931348623157e308, 5e-324, 2.0**53 - 1, math.inf, -math.inf, math.nan)
_MISSING_SHARE, _ODD_SHARE = 0.1, 0.15
_DAY = 86_400.0


@dataclass(frozen=True)
class RandomModel:
    """A model, and rows that it takes: mappings of column names to plain values, as JSON or CSV would give them."""

    model: NumpyPredictor
    rows: list

    def __iter__(self):
        return iter((self.model, self.rows))

    @property
    def table(self):
        """The rows as columns."""
        return {name: [row[name] for row in self.rows] for name in self.rows[0]}


def random_model(seed, n_rows=20, kinds=KINDS, odd_names=True):
    """Return a model of columns of these kinds with an untrained ensemble, and rows for it.

    Rows have missing, unseen and extreme cells, several spellings of a category, and now and then a column that the
    model does not use. All of them are accepted; some are read with a warning.
    """
    draw = _Draw(seed)
    columns = [_RandomColumn(draw, name, kinds) for name in draw.names(int(draw.integers(1, 8)), odd_names)]
    dropped = [Column(f"unused {at}", "categorical", "id-like") for at in range(int(draw.integers(0, 2)))]
    schema = Schema((*(column.column for column in columns), *dropped))
    classes = draw.classes(odd_names)
    head = "logit" if len(classes) == 2 and draw.chance(0.5) else "softmax"
    encoders, encoding, networks = _members(draw, columns)
    outputs = n_outputs(head, len(classes))
    states = tuple(_state(draw, net, encoders[at], outputs) for net, at in zip(networks, encoding, strict=True))
    model = NumpyPredictor(
        schema=schema,
        encoders=encoders,
        encoding=encoding,
        networks=networks,
        states=states,
        head=head,
        classes=classes,
        target="target" if draw.chance(0.7) else "🎯 of 'all'",
        weights=draw.weights(len(networks)) if draw.chance(0.5) else None,
        folds=tuple(draw.permutation(np.arange(len(networks)) % 2).tolist()) if len(networks) > 1 else None,
        temperature=float(draw.uniform(0.5, 4)) if draw.chance(0.5) else None,
        conformal=draw.conformal(len(classes)) if draw.chance(0.5) else None,
        trained_on=_trained_on(columns) if draw.chance(0.7) else None,
        **draw.decision(len(classes)),
    )
    unused = {column.name: "A17" for column in dropped}
    return RandomModel(model, [{c.column.name: c.cell() for c in columns} | unused for _ in range(n_rows)])


def as_torch(model):
    """Return the same model with its networks computed by torch."""
    import torch

    from demarcate.inference import Predictor
    from demarcate.nn.heads import head_for

    own = {"networks", "states", "head"}
    attributes = {field.name: getattr(model, field.name) for field in fields(model) if field.name not in own}
    states = [[tuple(map(torch.from_numpy, layer)) for layer in state] for state in model.states]
    head = head_for(model.head, len(model.classes))
    return Predictor.of(networks=model.networks, states=states, head=head, **attributes)


def as_file(model, path):
    """Save a model, and return its path."""
    from demarcate.bundle import write_bundle

    write_bundle(as_torch(model), path)
    return path


class _Draw:
    """A generator with what models are made of."""

    def __init__(self, seed):
        self._random = np.random.default_rng([seed, 20])

    def __getattr__(self, name):
        return getattr(self._random, name)

    def chance(self, share):
        return bool(self._random.random() < share)

    def one(self, choices):
        return choices[int(self._random.integers(len(choices)))]

    def some(self, choices, least=0, most=None):
        n = int(self._random.integers(least, min(len(choices), most or len(choices)) + 1))
        return [choices[at] for at in self._random.permutation(len(choices))[:n].tolist()]

    def names(self, n, odd):
        return self.some(ODD_TEXTS, n, n) if odd else [f"x{at}" for at in range(1, n + 1)]

    def ascending(self, n, scale=1.0):
        return np.unique(self._random.normal(0, scale, n))

    def classes(self, odd):
        labels = self.one(_LABELS) if odd else ("a", "b", "c", "d")
        own = self.some(labels, 2, 5)
        return class_array(own, common_type(own))

    def weights(self, n):
        shares = self._random.uniform(0.1, 1, n)
        return tuple((shares / shares.sum()).tolist())

    def conformal(self, n_classes):
        codes = self._random.integers(0, n_classes, 60)
        return Conformal.of(codes, self._random.dirichlet(np.ones(n_classes), 60))

    def decision(self, n_classes):
        """Return how a model decides: for the likeliest, by a threshold, or by costs, perhaps with abstaining."""
        positive = self.one((None, 0, 1)) if n_classes == 2 else None
        how = self.one(("likeliest", "threshold", "costs", "abstain"))
        if how == "threshold" and n_classes == 2:
            return {"threshold": float(self._random.uniform(0.2, 0.8)), "positive": positive}
        if how in ("likeliest", "threshold"):
            return {"positive": positive}
        matrix = self._random.uniform(1, 5, (n_classes, n_classes)).round(2)
        np.fill_diagonal(matrix, 0)
        costs = Costs(matrix, float(self._random.uniform(0.1, 1.5)) if how == "abstain" else None, positive)
        return {"costs": costs, "threshold": costs.threshold, "positive": positive}


class _RandomColumn:
    """A column: what it is in a schema, its cells, and encoders of it."""

    def __init__(self, draw, name, kinds):
        self._draw, kind = draw, draw.one(kinds)
        self.is_scaled = True
        formats, categories = {}, ()
        if kind == "numerical":
            formats = {"number_format": draw.one(_FORMATS)}
            self._centre, self._scale = draw.one(((0.0, 1.0), (50.0, 10.0), (1e6, 3e5), (0.0, 1e-6)))
            if formats["number_format"].notation == "duration":
                self._centre, self._scale = 3600.0, 900.0
            self.is_scaled = draw.chance(0.9) or formats["number_format"] != NumberFormat()
        elif kind == "date":
            formats = {"date_format": draw.one(_DATE_FORMATS)}
            self._centre, self._scale = 1.4e9, 1e8
        elif kind == "boolean":
            categories = ("false", "true")
        elif kind == "categorical":
            categories = tuple(sorted(draw.some(_CATEGORIES, 1)))
        if kind in ("numerical", "date") and draw.chance(0.2):
            formats["missing"] = ("-9999", "unknown") if kind == "numerical" else ("unknown",)
        self.column = Column(name, kind, categories=categories, **formats)

    @property
    def range(self):
        """What a model remembers of the values trained on; None of words."""
        if not self.column.is_quantity:
            return None
        return TrainedRange.of(self._centre + self._scale * np.linspace(-3, 3, 100))

    def encoder(self, kind):
        """Return an encoder of the column; ``kind`` is one of `kinds`."""
        return getattr(self, f"_{kind}")()

    @property
    def kinds(self):
        """The names of the encoders that read it."""
        of_kind = {
            "numerical": ("numeric", "piecewise", "piecewise_target") if self.is_scaled else ("unscaled",),
            "categorical": ("categorical", "categorical_target", "category_code"),
            "boolean": ("categorical", "category_code"),
            "date": ("date",),
            "text": ("text", "text_scores"),
        }
        return of_kind[self.column.kind]

    def ordered(self):
        """Return the column as trees read it, and thresholds for it."""
        draw, lowest = self._draw, np.finfo(np.float64).min
        if self.column.is_quantity:
            numbers = OrderedColumn(self.column.name, None, np.empty(0))
            return numbers, [lowest, *(self._centre + self._scale * draw.normal(0, 1, 4)), *self._values()[:2]]
        known = tuple(sorted(draw.some(self.column.categories)))
        places = np.append(draw.normal(0, 0.2, len(known)), 0.0)
        return OrderedColumn(self.column.name, known, places), [lowest, *draw.normal(0, 0.2, 4), *places[:2]]

    def _numeric(self):
        draw, scale = self._draw, self._scale * float(self._draw.uniform(0.5, 2))
        median, mean = (self._centre + scale * float(number) for number in draw.normal(0, 0.3, 2))
        if draw.chance(0.05):
            return NumericEncoder(0.0, 0.0, float(np.finfo(np.float64).max), flag=False)
        return NumericEncoder(median, mean, scale, draw.chance(0.6))

    def _unscaled(self):
        return NumericEncoder(self._centre, 0.0, 1.0, self._draw.chance(0.6), float(np.finfo(np.float32).max) / 4)

    def _piecewise(self):
        edges = self._centre + self._scale * self._draw.ascending(int(self._draw.integers(0, 9)))
        return PiecewiseEncoder(self._numeric(), np.unique(np.append(edges, self._values()[:1])))

    def _piecewise_target(self):
        values = np.array(self._values()[: int(self._draw.integers(1, 9))])
        odds = self._draw.normal(0, 1, (len(values), int(self._draw.integers(1, 4))))
        return PiecewiseTargetEncoder(self._piecewise(), values, odds)

    def _values(self):
        """Return numbers that cells repeat, ascending."""
        return (self._centre + self._scale * np.arange(-4.0, 5.0) / 2).tolist()

    def _categorical(self):
        known = tuple(sorted(self._draw.some(self.column.categories)))
        counts = self._draw.integers(1, 9, len(known) + 2).astype(float)
        counts[-2:] *= self._draw.integers(0, 2, 2)
        counts[-1] += not counts.any()
        return CategoricalEncoder(known, counts / counts.sum())

    def _categorical_target(self):
        known = tuple(sorted(self._draw.some(self.column.categories)))
        odds = self._draw.normal(0, 1, (len(known) + 2, int(self._draw.integers(1, 4))))
        return CategoricalTargetEncoder(self._categorical(), known, odds)

    def _category_code(self):
        return CategoryCodeEncoder(tuple(self._draw.some(self.column.categories)))

    def _date(self):
        return DateEncoder(self._numeric(), self._draw.chance(0.5))

    def _text(self):
        length = NumericEncoder(1.0, 1.2, 0.5, self._draw.chance(0.5))
        return TextEncoder(length, self._hashed(int(self._draw.integers(0, 4)), 0.1))

    def _text_scores(self):
        return TextScoreEncoder(self._text(), self._hashed(int(self._draw.integers(1, 4)), 0.5))

    def _hashed(self, n_columns, scale):
        import polars as pl

        from demarcate.encoding.text_features import hash_texts

        ids = hash_texts(pl.Series([" ".join(_WORDS)])).ids
        ids = np.sort(self._draw.permutation(ids)[: 40 if n_columns else 0])
        weights = self._draw.normal(0, scale, (len(ids), n_columns))
        return HashedWeights.of(ids, weights, self._draw.normal(0, 0.1, n_columns))

    def cell(self):
        """Return a cell as a row may have it."""
        if self._draw.chance(_MISSING_SHARE):
            return self._draw.one((None, "", *self.column.missing))
        return getattr(self, f"_{self.column.kind}_cell")()

    def _numerical_cell(self):
        draw, is_plain = self._draw, self.column.number_format == NumberFormat()
        if is_plain and self.is_scaled and draw.chance(_ODD_SHARE):
            return draw.one((*_EXTREMES, "1e300", "-inf", " 7 ", ".5", "NA", "n/a", "+3.", "true", True, 10**15))
        number = draw.one((*self._values(), self._centre + self._scale * float(draw.normal(0, 2))))
        if is_plain:
            return draw.one((number, repr(number), round(number)))
        return _formatted(number, self.column.number_format)

    def _categorical_cell(self):
        draw = self._draw
        if draw.chance(_ODD_SHARE):
            return draw.one(("unseen", "ünseen 🙂", "NA", "none", 3, 2.5, True, "y" * 500, "0x1F", "=cmd()"))
        category = draw.one(self.column.categories)
        spellings = [category, f" {category} "]
        if category in ("1", "1000", "-3"):
            spellings += [f"{category}.0", float(category), int(category)]
        return draw.one(spellings)

    def _boolean_cell(self):
        if self._draw.chance(_ODD_SHARE):
            return self._draw.one(("maybe", "NA", "2", 0.5))
        return self._draw.one((True, False, "true", "FALSE", "Yes", "no", "1", 0, 1.0, "j", "nein", "oui"))

    def _date_cell(self):
        draw = self._draw
        moment = datetime(1970, 1, 1) + timedelta(seconds=round(self._centre + self._scale * float(draw.normal(0, 1))))
        if self.column.date_format == "epoch":
            return draw.one((seconds := round((moment - datetime(1970, 1, 1)).total_seconds()), str(seconds)))
        if self.column.date_format == "excel":
            return round((moment - datetime(1899, 12, 30)).total_seconds() / _DAY, 2)
        if self.column.date_format:
            return moment.strftime(self.column.date_format)
        spellings = (moment.isoformat(), str(moment), moment.date().isoformat(), "0001-01-01", "9999-12-31")
        return draw.one((*spellings, moment.isoformat() + "Z", moment.isoformat() + "+02:00"))

    def _text_cell(self):
        n_words = self._draw.one((1, 3, 8, 40))
        return " ".join(self._draw.one(_WORDS) for _ in range(n_words)) + self._draw.one(("", "!", "\n", " "))


def _formatted(number, number_format):
    """Return a number as the cells of a column with this format are written."""
    if number_format.notation == "duration":
        seconds = round(abs(number))
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    text = f"{number:,.2f}" if number_format.thousands else f"{number:.2f}"
    marks = str.maketrans({",": number_format.thousands, ".": number_format.decimal})
    text = text.translate(marks)
    return f"{text} {number_format.unit}".strip()


def _members(draw, columns):
    """Return encoders, the number of each member's encoder, and the members' networks."""
    chosen = [draw.one(column.kinds) for column in columns]
    encoders = []
    for _ in range(int(draw.integers(1, 4))):
        own = [column.encoder(kind) for column, kind in zip(columns, chosen, strict=True)]
        leaves = _leaves(draw, columns) if draw.chance(0.4) else None
        encoders.append(TableEncoder(tuple(column.column.name for column in columns), tuple(own), leaves=leaves))
    kinds = [_network(draw) for _ in range(int(draw.integers(1, 4)))]
    networks = tuple(kind for kind in kinds for _ in encoders)
    return tuple(encoders), tuple(range(len(encoders))) * len(kinds), networks


def _network(draw):
    activation, dropout = draw.one(ACTIVATION_NAMES), draw.one((0.0, 0.2))
    hidden = tuple(draw.integers(1, 24, int(draw.integers(0, 4))).tolist())
    if hidden and draw.chance(0.4):
        return ResidualNetwork(hidden, activation, dropout)
    return Network(hidden, activation, dropout, input_dropout=draw.one((0.0, 0.1)))


def _leaves(draw, columns):
    ordered = [column.ordered() for column in columns if column.column.kind != "text"]
    if not ordered:
        return None
    tests = draw.integers(0, len(ordered), (int(draw.integers(1, 7)), int(draw.integers(1, 5))))
    thresholds = np.array([[draw.one(ordered[at][1]) for at in tree] for tree in tests.tolist()], dtype=np.float64)
    return TreeLeaves.of([column for column, _ in ordered], Trees(tests, thresholds))


def _state(draw, network, encoder, outputs):
    """Return weights and biases of a size at which logits differ between rows."""
    widths = network.widths(encoder.n_encoded, outputs)
    state = []
    for shapes in family_of(network).shapes(widths):
        scale = 1.5 / math.sqrt(max(1, shapes[0][-1]))
        state.append(tuple(draw.normal(0, scale, shape).astype(np.float32) for shape in shapes))
    return state


def _trained_on(columns):
    ranges = {column.column.name: column.range for column in columns if column.range is not None}
    return TrainedOn(100, ranges)
