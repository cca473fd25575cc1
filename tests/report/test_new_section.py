"""A new section is a class with a template, and a line in the registry."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
from jinja2 import ChoiceLoader, DictLoader

from demarcate.report import Report
from demarcate.report.page import template_environment
from demarcate.report.sections import registry
from demarcate.report.sections.section import Section


@dataclass(frozen=True, eq=False)
class ToySection(Section):
    key: ClassVar[str] = "toy"
    heading: ClassVar[str] = "A toy"

    label: str
    n_rows: int

    @classmethod
    def of(cls, evaluated):
        return cls(f"<{evaluated.labels[0]}>", evaluated.n_rows) if evaluated.n_classes == 2 else None


@pytest.fixture
def _toy_section(monkeypatch):
    monkeypatch.setattr(registry, "SECTIONS", (*registry.SECTIONS, ToySection))
    template = "<p>{{ counted(section.n_rows, 'row') }} with the first class {{ section.label|bdi }}.</p>"
    environment = template_environment()
    templates = DictLoader({"sections/toy.html": template})
    monkeypatch.setattr(environment, "loader", ChoiceLoader([templates, environment.loader]))


@pytest.mark.usefixtures("_toy_section")
def test_a_new_section_is_in_the_json_and_on_the_page(binary_fit, parse_page):
    report = Report.of(*binary_fit)
    assert report.to_json()["toy"] == {"label": "<ill>", "n_rows": 240}
    page = parse_page(report.to_html())
    assert page.wrong == []
    section = next(each for each in page.all("section") if each["id"] == "toy")
    assert " ".join(section["text"].split()) == "A toy 240 rows with the first class <ill>."
    assert "#toy" in [each["href"] for each in page.all("a")]


@pytest.mark.usefixtures("_toy_section")
def test_a_section_with_nothing_to_show_is_left_out(report_of, table):
    frame, codes = table(120)
    assert "toy" not in report_of(frame, codes + (codes.cumsum() % 3 == 0)).to_json()


def test_every_section_has_a_key_of_its_own_and_a_template():
    keys = [section.key for section in registry.SECTIONS]
    assert len(set(keys)) == len(keys)
    for key in keys:
        template_environment().get_template(f"sections/{key}.html")
