"""Epochs a second of the studio's page and of TensorFlow Playground's, on the same rows and with the same network.

    python benchmarks/studio_playground.py playground/dist [--seconds 5]

The rows are Playground's own circles, 250 to train on and 250 to test; the network has two layers of 4 units with tanh,
and SGD takes steps at a rate of 0.03. Both pages are open in Chromium, one after the other, and train while
they draw. ``dist`` is what ``npm run build`` makes of github.com/tensorflow/playground.
"""

import argparse
import csv
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

ROUNDS = 3
BATCHES = (10, 30)
"""The batch sizes that both are run with; Playground's largest is 30."""
SETTINGS = (
    "activation=tanh&batchSize={batch}&dataset=circle&learningRate=0.03&regularizationRate=0&noise=0&networkShape=4,4"
    "&seed=0.5&showTestData=true&discretize=false&percTrainData=50&x=true&y=true&problem=classification&initZero=false"
)
POINTS = "(part) => [...document.querySelectorAll(`g.${part} circle`)].map((each) => each.__data__)"
NUMBER = "(selector) => Number(document.querySelector(selector).textContent.replaceAll(',', ''))"
FRAGMENT = """async (state) => {
  const main = document.querySelector("script[type=module]").src;
  const { fragmentOf } = await import(new URL("sharing.js", main).href);
  return fragmentOf(state);
}"""


def epochs_a_second(page, selector, seconds):
    """Return how fast the number in an element grows, by the page's own clock."""
    page.wait_for_timeout(1000)
    read = f"(selector) => [performance.now(), ({NUMBER})(selector)]"
    begin, first = page.evaluate(read, selector)
    page.wait_for_timeout(1000 * seconds)
    end, last = page.evaluate(read, selector)
    return 1000 * (last - first) / (end - begin)


def playground(browser, folder, batch, seconds):
    """Return Playground's epochs a second, and its rows."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.goto(f"{(folder / 'index.html').resolve().as_uri()}#{SETTINGS.format(batch=batch)}")
    page.locator("#play-pause-button").wait_for()
    rows = [*page.evaluate(POINTS, "train"), *page.evaluate(POINTS, "test")]
    page.locator("#play-pause-button").click()
    rate = epochs_a_second(page, "#iter-number", seconds)
    page.close()
    return rate, rows


@contextmanager
def studio_server(table):
    """Serve the studio with a table and give the address of its page."""
    command = [
        sys.executable,
        "-m",
        "demarcate",
        "studio",
        str(table),
        "--target",
        "label",
        "--no-browser",
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def studio(browser, address, batch, seconds):
    """Return the studio's epochs a second."""
    states = []
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.on("websocket", lambda socket: socket.on("framesent", lambda sent: states.append(json.loads(sent))))
    page.goto(address)
    page.locator(".card-status", has_text="not trained").first.wait_for(timeout=120_000)
    state = next(each["state"] for each in states if each["type"] == "state")
    card = {**state["cards"][0], "name": "4, 4", "hidden": [4, 4], "optimizer": "sgd", "lr": 0.03, "batch_size": batch}
    state |= {"cards": [{**card, "epochs": 100_000}], "split": {"validation": 0.5, "test": 0, "seed": 0}}
    state["data"]["standardise"] = False
    fragment = page.evaluate(FRAGMENT, state)
    page.close()
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(address + fragment)
    page.locator(".card-status", has_text="not trained").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    rate = epochs_a_second(page, ".epoch strong", seconds)
    page.close()
    return rate


def main():
    """Measure both in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=Path, help="the folder of Playground's built page")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each is measured [default: 5]")
    options = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        _, rows = playground(browser, options.dist, BATCHES[0], 0.1)
        table = Path(folder) / "circles.csv"
        with table.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["x", "y", "label"])
            writer.writerows([row["x"], row["y"], "inside" if row["label"] > 0 else "outside"] for row in rows)
        print(f"{len(rows)} rows; epochs a second, median of {ROUNDS}")
        with studio_server(table) as address:
            for batch in BATCHES:
                rates = {"Playground": [], "studio": []}
                for _ in range(ROUNDS):
                    rates["Playground"].append(playground(browser, options.dist, batch, options.seconds)[0])
                    rates["studio"].append(studio(browser, address, batch, options.seconds))
                shown = ", ".join(f"{name} {statistics.median(each):.0f}" for name, each in rates.items())
                print(f"batches of {batch}: {shown}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
