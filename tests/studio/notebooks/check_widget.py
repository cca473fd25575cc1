"""The studio's widget in JupyterLab and in marimo, each with a kernel of its own: ``make test-notebooks``.

The name keeps it out of the other tests, because it needs both notebooks and takes their time.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import sync_playwright

CODE = """from demarcate import Network, Training, datasets
from demarcate.studio import Studio

studio = Studio(datasets.moons(n_samples=100), {"curved": Network((8,), "tanh")}, Training(epochs=10_000))
studio"""
MARIMO = f"""import marimo

app = marimo.App(width="full")


@app.cell
def _():
    {CODE.replace(chr(10), chr(10) + "    ")}
    return


if __name__ == "__main__":
    app.run()
"""
CELL = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": CODE}
NOTEBOOK = {
    "cells": [CELL],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
SECONDS = 90
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def chromium():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def serving(command, address, folder):
    """Run a notebook's server, with settings of its own, until the block is over."""
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env={**os.environ, "HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder / "config")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(address, process)
            yield
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address, process):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    pytest.fail("the notebook's server did not start")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(1000 * SECONDS)
    yield page
    page.close()


def check_it_trains(page):
    """Run the networks of the studio in a cell, pause them, and let a step follow."""
    epoch = page.locator(".studio .epoch strong")
    page.get_by_role("article", name="curved").wait_for()
    page.locator(".studio .card-status", has_text="not trained").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_function("(each) => Number(each.textContent.replaceAll(',', '')) >= 5", arg=epoch.element_handle())
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator(".studio .card-status", has_text="paused").wait_for()
    before = int(epoch.inner_text().replace(",", ""))
    page.get_by_role("button", name="One epoch").click()
    page.wait_for_function(
        "([each, before]) => Number(each.textContent.replaceAll(',', '')) > before",
        arg=[epoch.element_handle(), before],
    )


def test_it_trains_in_jupyterlab(page, tmp_path):
    (tmp_path / "studio.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    port, token = free_port(), "a-token"
    address = f"http://127.0.0.1:{port}"
    command = ["jupyterlab", "--no-browser", "--allow-root", f"--port={port}", f"--ServerApp.token={token}"]
    with serving(command, f"{address}/api", tmp_path):
        page.goto(f"{address}/lab/tree/studio.ipynb?token={token}")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.locator(".jp-Notebook .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        check_it_trains(page)


def test_it_trains_in_marimo(page, tmp_path):
    (tmp_path / "studio.py").write_text(MARIMO, encoding="utf-8")
    port = free_port()
    command = ["marimo", "run", "studio.py", "--headless", f"--port={port}", "--no-token"]
    with serving(command, f"http://127.0.0.1:{port}/health", tmp_path):
        page.goto(f"http://127.0.0.1:{port}/")
        check_it_trains(page)
