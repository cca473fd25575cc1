"""Small classifiers and their reports, and a parser of pages."""

import re
import warnings
from html.parser import HTMLParser

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier
from demarcate.report import Report

VOID = {"meta", "input", "link", "br", "hr", "img", "col", "wbr"}
LONG = "x" * 300
NASTY = "<script>alert('ouch')</script> & \"quotes\""
BIDI = "\u202eright to left \u05d0\u05d1"
SETTINGS = {"hidden": (8,), "epochs": 12, "n_folds": 3}


class Page(HTMLParser):
    """A page as a tree: elements in order, with their attributes, their texts and their ancestors."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.wrong = [], [], []
        self.feed(text)
        self.close()
        self.wrong += [f"<{each['tag']}> is never closed" for each in self.open]

    def handle_starttag(self, tag, attributes):
        parents = [each["tag"] for each in self.open]
        element = {"tag": tag, "text": "", "parents": parents, **dict(attributes)}
        if len(dict(attributes)) != len(attributes):
            self.wrong.append(f"<{tag}> has an attribute twice")
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1]["tag"] != tag:
            self.wrong.append(f"</{tag}> closes {self.open[-1]['tag'] if self.open else 'nothing'}")
        else:
            self.open.pop()

    def handle_data(self, data):
        for each in self.open:
            each["text"] += data

    def all(self, *tags):
        return [each for each in self.elements if each["tag"] in tags]

    def captions(self):
        return [each["text"] for each in self.all("caption")]

    def table(self, caption):
        """The texts of a table's cells, row by row."""
        start = next(
            index
            for index, each in enumerate(self.elements)
            if each["tag"] == "caption" and each["text"].startswith(caption)
        )
        rows = []
        for each in self.elements[start + 1 :]:
            if each["tag"] in ("table", "section"):
                break
            if each["tag"] == "tr":
                rows.append([])
            elif each["tag"] in ("td", "th"):
                rows[-1].append(" ".join(each["text"].split()))
        return rows


def make_table(n_rows, seed=0):
    rng = np.random.default_rng(seed)
    signal, other = rng.normal(size=(2, n_rows))
    colour = np.where(rng.random(n_rows) < 0.5, "red", "blue")
    codes = (signal + 0.5 * (colour == "red") + 0.7 * rng.normal(size=n_rows) > 0).astype(int)
    return pl.DataFrame({"signal": signal, "other": other, "colour": colour}), codes


def fit_report(frame, labels, **settings):
    """The report of a small classifier, without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier = DemarcateClassifier(**{"hidden": (4,), "epochs": 3, "n_folds": 2, **settings}).fit(frame, labels)
        return Report.of(classifier, frame, labels)


@pytest.fixture(scope="session")
def binary_fit():
    """A classifier of two classes, its table and its labels."""
    frame, codes = make_table(240)
    labels = np.where(codes == 1, "ill", "well")
    return DemarcateClassifier(hidden=(8,), epochs=12, n_folds=4).fit(frame, labels), frame, labels


@pytest.fixture(scope="session")
def binary_report(binary_fit):
    return Report.of(*binary_fit, name="small")


@pytest.fixture(scope="session")
def recorded_predictor(binary_fit):
    """The predictor of two classes with its record, as it is saved."""
    classifier = binary_fit[0]
    return classifier.predictor_.with_record(classifier.record())


@pytest.fixture(scope="session")
def oof(binary_fit):
    """Class codes and probabilities of the out-of-fold rows of two classes."""
    classifier, _, labels = binary_fit
    return (labels == classifier.classes_[1]).astype(int), classifier.oof_proba_


@pytest.fixture(scope="session")
def multiclass_report():
    """Four classes and columns with names that would break a careless page."""
    frame, codes = make_table(260)
    frame = frame.rename({"signal": NASTY, "other": LONG, "colour": BIDI})
    frame = frame.with_columns(pl.col(BIDI).replace({"red": "</script><img src=x>", "blue": "<!--"}))
    labels = np.array([f"{NASTY}{code}" for code in codes * 2 + (frame[LONG].to_numpy() > 0)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier = DemarcateClassifier(**SETTINGS).fit(frame, labels)
        return Report.of(classifier, frame, labels, target=BIDI, name="a&b<c>.csv")


@pytest.fixture(scope="session")
def cost_fit():
    """A classifier that decides by cost, the first of two labels being the positive one, its table and its labels."""
    frame, codes = make_table(240)
    labels = np.where(codes == 1, "well", "ill")
    settings = {**SETTINGS, "pos_label": "ill", "cost": {"false_negative": 3}}
    return DemarcateClassifier(**settings).fit(frame, labels), frame, labels


@pytest.fixture(scope="session")
def cost_report(cost_fit):
    return Report.of(*cost_fit)


@pytest.fixture(scope="session")
def abstaining_fit():
    """A classifier that abstains, its table and its labels."""
    frame, codes = make_table(240)
    return DemarcateClassifier(**SETTINGS, abstain=0.2).fit(frame, codes), frame, codes


@pytest.fixture(scope="session")
def abstaining_report(abstaining_fit):
    return Report.of(*abstaining_fit)


@pytest.fixture(scope="session")
def many_classes_report():
    """A report of 25 classes."""
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=300), "b": rng.normal(size=300)})
    return fit_report(frame, np.array([f"class {code}" for code in rng.integers(0, 25, 300)]))


@pytest.fixture(scope="session")
def numbers():
    """Returns the numbers in a text."""
    return lambda text: [float(each.replace(",", "")) for each in re.findall(r"-?\d[\d,]*\.?\d*", text)]


@pytest.fixture(scope="session")
def parse_page():
    return Page


@pytest.fixture(scope="session")
def table():
    return make_table


@pytest.fixture(scope="session")
def report_of():
    return fit_report


@pytest.fixture(scope="session")
def section_of():
    """Returns the section of a report with a key."""
    return lambda report, key: next(each for each in report.sections if each.key == key)
