"""Small classifiers, and what a test wants to know of a page."""

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
TURNED = "\u202eright to left \u05d0\u05d1"


class Page(HTMLParser):
    """A page as a tree: elements in order, with their attributes, their texts and what they stand in."""

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

    def table(self, caption):
        """The texts of a table's cells, row by row."""
        start = next(
            place
            for place, each in enumerate(self.elements)
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


def table_of(n_rows, seed=0):
    rng = np.random.default_rng(seed)
    signal, other = rng.normal(size=(2, n_rows))
    colour = np.where(rng.random(n_rows) < 0.5, "red", "blue")
    codes = (signal + 0.5 * (colour == "red") + 0.7 * rng.normal(size=n_rows) > 0).astype(int)
    return pl.DataFrame({"signal": signal, "other": other, "colour": colour}), codes


@pytest.fixture(scope="session")
def two():
    """A classifier of two classes, its table and its labels."""
    frame, codes = table_of(240)
    labels = np.where(codes == 1, "ill", "well")
    return DemarcateClassifier(hidden=(8,), epochs=12, n_folds=4).fit(frame, labels), frame, labels


@pytest.fixture(scope="session")
def two_report(two):
    classifier, frame, labels = two
    return Report.of(classifier, frame, labels, name="small")


@pytest.fixture(scope="session")
def many_report():
    """Four classes and columns with names that would break a careless page."""
    frame, codes = table_of(260)
    frame = frame.rename({"signal": NASTY, "other": LONG, "colour": TURNED})
    frame = frame.with_columns(pl.col(TURNED).replace({"red": "</script><img src=x>", "blue": "<!--"}))
    labels = np.array([f"{NASTY}{code}" for code in codes * 2 + (frame[LONG].to_numpy() > 0)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier = DemarcateClassifier(hidden=(8,), epochs=12, n_folds=3).fit(frame, labels)
        return Report.of(classifier, frame, labels, target=TURNED, name="a&b<c>.csv")


@pytest.fixture(scope="session")
def page_of():
    return Page


@pytest.fixture(scope="session")
def table():
    return table_of
