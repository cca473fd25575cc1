"""The page in a browser: opened from the disk, it predicts as the model does and asks nobody for anything."""

import csv
import json
import re
import shutil
from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np
import pytest

import demarcate
from demarcate.errors import SettingError
from demarcate.export.exporting import with_arrays
from demarcate.export.web_page import export_web

AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
UNOPTIMISED = "--js-flags=--liftoff-only"
"""WebAssembly that runs for some seconds is not worth compiling well."""
LISTEN = (
    "window.violations = []; addEventListener('securitypolicyviolation', "
    "(event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));"
)
PATIENCE = 120_000
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")


@dataclass
class Opened:
    """A page, what it said and asked for."""

    page: object
    said: list = field(default_factory=list)

    def check(self):
        assert (self.said, self.page.evaluate("window.violations")) == ([], [])

    def answer(self):
        """The decision, and the probabilities as they are shown."""
        shown = self.page.locator(".bars dd").all_inner_texts()
        return self.page.locator(".decision").inner_text(), [float(text) for text in shown]

    def until_decided(self, condition):
        self.page.wait_for_function(condition, timeout=PATIENCE)
        return self.answer()


@pytest.fixture(scope="module")
def model():
    """A model of numbers, words, truth and dates, of two classes and costs."""
    random = np.random.default_rng(0)
    table = {
        "price, net": random.normal(50, 10, 80).round(2),
        "colour": np.array(["red", "green", "dark blue"])[random.integers(0, 3, 80)],
        "is new": random.random(80) > 0.5,
        "sold": np.datetime64("2024-01-01") + random.integers(0, 365, 80),
    }
    score = table["price, net"] + 8 * (table["colour"] == "red") + random.normal(0, 10, 80)
    labels = np.where(score > 52, "no <b>", 'yes "&')
    fitted = demarcate.DemarcateClassifier(preset="fast", hidden=(8,), epochs=3, n_folds=2, abstain=0.35)
    return fitted.fit(table, labels).predictor_


@pytest.fixture(scope="module")
def page_file(model, web_runtime, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "colours.html"
    check = demarcate.export_model(model, path, to="web", runtime=web_runtime)
    assert check.n_rows > 100
    assert check.max_difference < 1e-5
    return path


@pytest.fixture(scope="module")
def opened(page_file):
    """The page, open from the disk."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, UNOPTIMISED])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        opened = Opened(page)
        page.on("pageerror", lambda error: opened.said.append(str(error)))
        page.on("console", lambda message: opened.said.append(message.text))
        page.on("request", lambda request: opened.said.append(request.url) if page.url != "about:blank" else None)
        page.add_init_script(LISTEN)
        page.goto(page_file.as_uri())
        page.wait_for_selector(".bars dd", timeout=PATIENCE)
        opened.said[:] = [said for said in opened.said if said.startswith("http")]
        yield opened
        browser.close()


def rounded(model, row):
    prediction = model.predict_row(row)
    return prediction.label, [pytest.approx(share, abs=6e-4) for share in prediction.probabilities.values()]


@in_browser
def test_one_row_is_predicted_as_by_the_model(opened, model):
    page = opened.page
    page.get_by_role("textbox", name="price, net").fill("71.5")
    page.get_by_role("combobox", name="colour").select_option("green")
    page.get_by_role("combobox", name="is new").select_option("false")
    page.get_by_role("textbox", name="sold").fill("2024-03-01")
    row = {"price, net": 71.5, "colour": "green", "is new": False, "sold": "2024-03-01"}
    label, shares = rounded(model, row)
    words = "No decision: that costs least" if label is None else f"target: {label}"
    shown = opened.until_decided(f"document.querySelector('.bars dd').innerText === '{shares[0].expected:.3f}'")
    assert shown == (words, shares)
    opened.check()


@in_browser
def test_what_is_unlike_the_training_rows_is_said_and_what_is_no_cell_refused(opened, model):
    page = opened.page
    page.get_by_role("button", name="Usual values").click()
    page.get_by_role("textbox", name="price, net").fill("1e6")
    page.get_by_role("combobox", name="colour").select_option(label="another value …")
    page.get_by_role("textbox", name="colour: another value").fill("mauve")
    hints = page.locator(".said:visible").all_inner_texts()
    assert re.match(r"1e6 is outside [0-9.]+ to [0-9.]+, the range of the training rows\.", hints[0])
    assert hints[1] == "mauve is no value of the training rows: it counts as unknown."
    page.get_by_role("textbox", name="price, net").fill("many")
    assert opened.until_decided("!document.querySelector('.bars dd')")[0] == "Correct price, net"
    assert page.get_by_role("textbox", name="price, net").get_attribute("aria-invalid") == "true"
    page.get_by_role("button", name="All missing").click()
    missing = dict.fromkeys(("price, net", "colour", "is new", "sold"))
    assert opened.until_decided("!!document.querySelector('.bars dd')")[1] == rounded(model, missing)[1]
    opened.check()


@in_browser
def test_a_table_is_predicted_and_saved_with_its_own_columns(opened, model, tmp_path):
    columns = ["id", "sold", "colour", "price, net", "is new"]
    rows = [
        ["007", "2024-05-06", "red", "48.25", "yes"],
        ['say "hi"', "", " dark blue ", "", "FALSE"],
        ["a,b", "2024-02-29T12:00", "mauve", "-1e3", "1"],
    ]
    with (tmp_path / "new rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    opened.page.get_by_label("A CSV file").set_input_files(tmp_path / "new rows.csv")
    link = opened.page.get_by_role("link", name="Save the predictions")
    with opened.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "new rows_predictions.csv"
    header, *saved = csv.reader(download.value.path().read_text(encoding="utf-8").splitlines())
    assert header == [*columns, "prediction", *(f"probability_{label}" for label in model.classes)]
    assert [row[: len(columns)] for row in saved] == rows
    with pytest.warns(demarcate.DemarcateWarning):
        frame = model.predict_frame({name: [row[at] for row in rows] for at, name in enumerate(columns)})
    labels, *shares = (frame[name].to_list() for name in frame.columns)
    assert [row[len(columns)] for row in saved] == ["" if label is None else label for label in labels]
    found = np.array([row[len(columns) + 1 :] for row in saved], dtype=float)
    assert found == pytest.approx(np.array(shares).T, abs=1e-5)
    assert "unlike the training rows in 1 of 3 rows" in opened.page.locator(".status").inner_text()
    opened.check()


@in_browser
@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"colour,sold\nred,\n", 'Missing columns: "price, net", "is new". Add them; cells may be empty.'),
        (b"a;b\n1;2\n1;2;3\n", "Row 2 has 3 cells, and there are 2 columns. Correct the row."),
        (b"a,b\n1,\xff\n", "The file is no text in UTF-8. Save it as CSV in UTF-8."),
        (b'a,b\n1,"2\n', "A quote that opens in line 2 is never closed. Close it."),
        (b"", "The file is empty. Give a table with a line of column names."),
        (b"a,a\n1,2\n", 'There are two columns "a". Rename one.'),
    ],
)
def test_a_table_with_problems_is_refused_whole(opened, data, problem):
    file = {"name": "odd.csv", "mimeType": "text/csv", "buffer": data}
    opened.page.get_by_label("A CSV file").set_input_files(file)
    opened.page.get_by_text(problem, exact=True).wait_for(timeout=PATIENCE)
    assert not opened.page.locator(".result").is_visible()
    opened.check()


@in_browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_is_accessible_and_no_wider_than_its_window(opened, scheme, width):
    page = opened.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(AXE)
    violations = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in violations] == []
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room


def test_the_page_names_no_address_and_carries_odd_names_as_data(page_file):
    text = page_file.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', text)[1])
    assert facts["classes"] == ["no <b>", 'yes "&']
    own = text.partition('<script type="application/gzip"')[0]
    assert "http" not in own.replace("http-equiv", "")


def test_without_the_package_nothing_is_written(model, tmp_path):
    with pytest.raises(SettingError, match=r"has no ort\.wasm\.bundle\.min\.mjs"):
        export_web(with_arrays(model), tmp_path / "m.html", runtime=tmp_path)
    assert list(tmp_path.iterdir()) == []
