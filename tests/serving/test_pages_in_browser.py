"""The pages of a service in a browser: they predict, refuse, take a token, and do nothing that they should not."""

import shutil
from importlib.resources import files

import pytest

from demarcate import DemarcateClassifier, datasets, load
from demarcate.serving.tokens import Tokens

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TOKEN = "a-token-of-enough-characters"
PATIENCE = 60_000
LISTEN = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Opens pages; afterwards none may have erred, broken its policy or asked another server."""
    contexts, wrong = [], []

    def opened(port, path="", *, expected="no text at all", **window):
        context = browser.new_context(reduced_motion="reduce", **window)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if is_wrong(said, expected) else None)
        page.on("request", lambda asked: wrong.append(asked.url) if f"://127.0.0.1:{port}/" not in asked.url else None)
        page.add_init_script(LISTEN)
        page.goto(f"http://127.0.0.1:{port}/{path}")
        return page

    yield opened
    violations = [each for context in contexts for page in context.pages for each in page.evaluate("window.violations")]
    for context in contexts:
        context.close()
    assert (wrong, violations) == ([], [])


def is_wrong(said, expected):
    return said.type == "error" and expected not in said.text


def faults(page):
    """What axe-core finds, and whether the page is wider than its window."""
    page.evaluate(AXE)
    violations = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    width, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in violations] + ([width] if width > room else [])


def test_a_row_is_predicted_as_it_is_changed_and_a_bad_cell_is_named(open_page, run_worker, mixed_app, mixed_model):
    from playwright.sync_api import expect

    model, _ = mixed_model
    page = open_page(run_worker(mixed_app).port, expected="422", viewport={"width": 1200, "height": 900})
    decision = page.locator(".decision")
    expect(decision).to_have_text(f"target: {page_row(page, model).label}")
    assert faults(page) == []
    page.get_by_role("combobox", name="grade").select_option("c")
    page.get_by_label("age", exact=True).fill("61")
    own = page_row(page, model)
    expect(decision).to_have_text(f"target: {own.label}")
    shares = [f"{share:.3f}" for share in own.probabilities.values()]
    expect(page.locator(".bars dd")).to_have_text(shares)
    expect(page.get_by_text("Set that holds the true label for 90% of rows")).to_be_visible()
    page.get_by_label("age", exact=True).fill("old")
    expect(decision).to_have_text("This row is refused")
    expect(page.get_by_role("alert")).to_contain_text("Column 'age' needs numbers: row 1 holds 'old'")
    page.get_by_role("button", name="All missing").click()
    expect(decision).to_have_text(f"target: {page_row(page, model).label}")
    assert page.locator(".problems").is_hidden()


def page_row(page, model):
    """What the model predicts for the row that a page shows."""
    cells = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".field")].map((field) => {
          const box = field.querySelector("input:not([hidden]), select, textarea");
          return [field.querySelector("label").textContent, box.value.includes("missing") ? "" : box.value];
        }))"""
    )
    return model.predict_row(cells)


def test_a_narrow_dark_window_shows_both_pages_whole(open_page, run_worker, mixed_app):
    window = {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"}
    port = run_worker(mixed_app).port
    page = open_page(port, **window)
    page.locator(".bars dd").first.wait_for()
    assert faults(page) == []
    page = open_page(port, "docs", **window)
    page.locator("details[open] pre").first.wait_for()
    assert faults(page) == []
    page.get_by_text("/v2/models/mixed/infer", exact=True).click()
    page.get_by_text("/v2/models/mixed/infer' ").wait_for()


def test_a_service_with_a_token_asks_for_it_and_shows_one_of_several_models(
    open_page, run_worker, serve_models, mixed_model
):
    from playwright.sync_api import expect

    model, _ = mixed_model
    running = run_worker(serve_models(one=model, two=model), Tokens((TOKEN,)))
    page = open_page(running.port, expected="401")
    box = page.get_by_label("Token of the service")
    box.fill("another-token-of-characters")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("This token is not one of the service's")
    assert faults(page) == []
    page.get_by_label("Token of the service").fill(TOKEN)
    page.get_by_role("button", name="Go on").click()
    page.locator(".bars dd").first.wait_for()
    page.get_by_label("Model").select_option("two")
    expect(page.get_by_text("Model two, version 1.")).to_be_visible()
    assert TOKEN not in page.url


def test_of_many_classes_the_likeliest_ten_are_shown(open_page, run_worker, serve_models, tmp_path):
    from playwright.sync_api import expect

    X, y = datasets.moons(n_samples=120)
    labels = [f"class {number % 13:02d}" for number in range(len(y))]
    DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(X, labels).save(tmp_path / "many.safetensors")
    model = load(tmp_path / "many.safetensors", backend="numpy")
    page = open_page(run_worker(serve_models(many=model)).port, viewport={"width": 390, "height": 800})
    expect(page.locator(".bars dt")).to_have_count(11, timeout=15_000)
    shares = sorted(page_row(page, model).probabilities.values(), reverse=True)
    shown = [f"{share:.3f}" for share in (*shares[:10], sum(shares[10:]))]
    expect(page.locator(".bars dd")).to_have_text(shown)
    expect(page.locator(".bars dt").last).to_have_text("and 3 more")
    assert faults(page) == []
