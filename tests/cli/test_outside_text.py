"""Text from outside reaches people through every command and every source without ruling their terminal."""

import csv
import io
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import polars as pl
import pytest

from demarcate import load
from demarcate.bundle.document import to_document
from demarcate.bundle.format import encode
from demarcate.cli.command_list import COMMANDS
from demarcate.formatting import visible

FORGED = "P(y = forged) = 1.000"
HOSTILE = f"\x1b[31mb\n{FORGED}\r\x1b]0;title\x07\x9b2J\u202e\u200b\u2028\x85\x7f\tend:bomb:[red]x[/][/nothing]\\"
FILE = HOSTILE.replace("/", "")
TINY = ("--epochs", "1", "--hidden", "2", "--target", f"y{HOSTILE}")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names of files")


@pytest.fixture(autouse=True, scope="module")
def _wide():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "3000")
        yield


def assert_safe(text):
    """Every line can be seen as it is, and none of them is the outside's."""
    lines = text.split("\n")
    assert [line for line in lines if visible(line) != line] == []
    assert [line for line in lines if line.lstrip().startswith((FORGED, "end"))] == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def table(folder):
    """A table whose name, columns, cells and labels are hostile."""
    generator = np.random.default_rng(0)
    sizes, kinds = generator.normal(size=60), np.arange(60) % 3
    frame = pl.DataFrame(
        {
            f"size{HOSTILE}": sizes,
            f"kind{HOSTILE}": [f"{kind}{HOSTILE}" for kind in kinds],
            f"same{HOSTILE}": [HOSTILE] * 60,
            f"y{HOSTILE}": [f"{label}{HOSTILE}" for label in np.where(sizes > 0, "yes", "no")],
        }
    )
    path = folder / f"table{FILE}.parquet"
    frame.write_parquet(path)
    return path


@pytest.fixture(scope="module")
def model(demarcate, table, folder):
    path = folder / f"model{FILE}"
    outcome = demarcate("fit", table, *TINY, "--folds", "2", "--out", path)
    assert outcome.code == 0, outcome.err
    for text in (outcome.out, outcome.err):
        assert_safe(text)
    assert visible(f"y{HOSTILE}") in outcome.out
    return path


@pytest.fixture(scope="module")
def forged_model(model, folder):
    """A model file whose record is hostile too."""
    document, tensors = to_document(load(model))
    score = {"value": 0.5, "low": 0.25, "high": 0.75, "rows": HOSTILE, "n_rows": 9}
    document["record"] = {
        "n_samples": 9,
        "scores": {"accuracy": score},
        "baselines": {HOSTILE: {}},
        "class_rows": {HOSTILE: 9},
        "audit": [{"severity": HOSTILE}],
        "provenance": {HOSTILE: HOSTILE},
    }
    path = folder / f"forged{FILE}"
    path.write_bytes(encode(document, tensors))
    return path


@pytest.fixture
def address():
    """A server that refuses with a hostile reason."""

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response_only(404, "no \x1b[31m\x9b2J :bomb: [red]table")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/t.csv"
        server.shutdown()


@pytest.mark.parametrize(
    "arguments",
    [
        ("fit", "{table}", *TINY, "--folds", "2", "--plot", "{out}.svg"),
        ("fit", "{table}", *TINY, "--folds", "2", "--checkpoint", "{out}", "--json"),
        ("predict", "{model}", "--row", f"size{HOSTILE}=1", f"kind{HOSTILE}=new{HOSTILE}", f"same{HOSTILE}=x"),
        ("predict", "{model}", "{table}", "--out", "{out}.csv"),
        ("predict", "{model}", "{table}", "--json"),
        ("evaluate", "{model}", "{table}", "--cost", f"yes{HOSTILE}:no{HOSTILE}=3"),
        ("evaluate", "{model}", "{table}", "--json"),
        ("report", "{model}", "{table}", "--out", "{out}.html"),
        ("inspect", "{model}"),
        ("inspect", "{forged}"),
        ("inspect", "{forged}", "--json"),
        ("plot", "{model}", "{table}", "--kind", "confusion", "--out", "{out}.svg"),
        ("sweep", "{table}", *TINY, "--seeds", "1", "--out", "{out}.csv", "--save", "{out}", "--plot", "{out}.svg"),
        ("diagnose", "{table}", *TINY, "--seeds", "2", "--plot", "{out}.svg"),
        ("audit", "{table}", "--target", f"y{HOSTILE}", "--against", "{table}"),
    ],
    ids=lambda arguments: " ".join(word for word in arguments if word.isprintable() and "{" not in word)[:30],
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_what_a_command_prints_is_safe(demarcate, table, model, forged_model, tmp_path, arguments):
    places = {"table": table, "model": model, "forged": forged_model, "out": tmp_path / f"o{FILE}"}
    words = [
        str(places[word[1 : word.index("}")]]) + word[word.index("}") + 1 :] if word.startswith("{") else word
        for word in arguments
    ]
    outcome = demarcate(*words)
    assert outcome.code == 0, outcome.err
    assert_safe(outcome.out)
    assert_safe(outcome.err)
    assert outcome.out or outcome.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", [f"--no{HOSTILE}", "--debug"])
def test_what_a_command_refuses_is_quoted_safely(demarcate, tmp_path, command, option):
    for missing in (tmp_path / f"none{FILE}", f"none{HOSTILE}", os.fsdecode(b"none\xff")):
        table = ["t.csv"] if command in ("predict", "evaluate", "report", "plot") else []
        outcome = demarcate(command, missing, *table, option)
        assert outcome.code in (1, 2)
        assert outcome.out == ""
        assert_safe(outcome.err)
        assert len(outcome.err.split("\n")) < 8 or option == "--debug"


@pytest.mark.parametrize(
    "arguments",
    [
        (HOSTILE,),
        (f"--{HOSTILE}",),
        ("fit", "moons", HOSTILE),
        ("fit", "moons", "--epochs", HOSTILE),
        ("fit", "moons", "--target", HOSTILE),
        ("fit", "moons", "--drop", HOSTILE),
        ("fit", "moons", "--drop", f'"{HOSTILE}'),
        ("fit", "moons", "--hidden", HOSTILE),
        ("fit", "moons", "--activation", HOSTILE),
        ("fit", "moons", "--preset", HOSTILE),
        ("fit", "moons", "--device", HOSTILE),
        ("fit", "moons", "--class-weight", HOSTILE),
        ("fit", "moons", "--memory", HOSTILE),
        ("fit", "moons", "--cost", HOSTILE),
        ("fit", "moons", "--cost", f"{HOSTILE}:b=1", "--epochs", "1"),
        ("fit", "moons", "--out", f"none/{FILE}"),
        ("fit", "moons", "--plot", FILE),
        ("sweep", "moons", "--lr", f"0.1,{HOSTILE}", "--metric", HOSTILE),
        ("audit", "t.csv", "--encoding", HOSTILE),
        ("audit", "t.csv", "--delimiter", HOSTILE),
        ("predict", "{model}", "{table}", "--expect-sha256", HOSTILE),
        ("predict", "{model}", "--row", HOSTILE),
        ("predict", "{model}", "--row", f"{HOSTILE}=1", f"{HOSTILE}=1"),
        ("predict", "{model}", "--row", f"size{HOSTILE}={HOSTILE}"),
        ("predict", "{model}", HOSTILE, HOSTILE),
        ("predict", "{model}", "moons"),
        ("evaluate", "{model}", "moons", "--target", HOSTILE),
        ("plot", "{model}", "{table}", "--kind", HOSTILE),
        ("plot", "{model}", "{table}", "--columns", HOSTILE, "--out", "p.svg"),
        ("audit", "moons", "--against", HOSTILE),
        ("audit", "{address}"),
    ],
    ids=lambda arguments: " ".join(word for word in arguments if word.isprintable() and "{" not in word)[:30],
)
def test_option_values_and_a_servers_reason_are_quoted_safely(
    demarcate, table, model, address, tmp_path, monkeypatch, arguments
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    places = {"{table}": table, "{model}": model, "{address}": address}
    outcome = demarcate(*(places.get(word, word) for word in arguments))
    assert outcome.code in (1, 2)
    assert outcome.out == ""
    assert "failed where it should not have" not in outcome.err
    assert_safe(outcome.err)


def test_settings_of_a_checkpoint_are_quoted_safely(demarcate, tmp_path):
    command = ("fit", "moons", "--epochs", "1", "--folds", "2", "--hidden", "2", "--checkpoint", tmp_path / "c", "-q")
    assert demarcate(*command).code == 0
    manifest = tmp_path / "c" / "manifest.json"

    def forge(value, key=""):
        if isinstance(value, dict):
            return {name: forge(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [forge(inner, key) for inner in value]
        return HOSTILE if key in ("epochs", "activation") else value

    manifest.write_text(json.dumps(forge(json.loads(manifest.read_text()))))
    outcome = demarcate(*command)
    assert outcome.code == 1
    assert_safe(outcome.err)


def test_csv_on_a_pipe_is_exact_data(demarcate, model, table):
    rows = list(csv.DictReader(io.StringIO(demarcate("predict", model, table).out)))
    assert {row["prediction"] for row in rows} <= {f"yes{HOSTILE}", f"no{HOSTILE}"}
    assert f"probability_yes{HOSTILE}" in rows[0]


@pytest.mark.parametrize(
    ("arguments", "shown"), [(("predict", "{model}", "{table}"), HOSTILE), (("audit", f"no{FILE}"), FILE)]
)
def test_a_terminal_gets_only_visible_lines(model, table, arguments, shown):
    import pty

    places = {"{model}": str(model), "{table}": str(table)}
    words = [places.get(word, word) for word in arguments]
    reading, writing = pty.openpty()
    program = [sys.executable, "-c", "from demarcate.cli import main; main()", *words]
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": "3000"}
    process = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing, env=environment)
    os.close(writing)
    chunks = []
    while True:
        try:
            chunk = os.read(reading, 1 << 16)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(reading)
    process.wait(timeout=300)
    text = b"".join(chunks).decode().replace("\r\n", "\n")
    assert visible(shown) in text
    assert_safe(text)
