"""A table, a model and folders, in which commands run as processes of their own and are looked at afterwards."""

import contextlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

OLD = b"what was there before\n"
SOURCE = Path(__file__).resolve().parents[1] / "src"
"""What is tried is the code beside this file, whatever is installed."""
TIMEOUT = 120
TINY = ("--target", "y", "--epochs", "2", "--hidden", "4")
COMMANDS: dict[str, tuple[str, ...]] = {
    "help": ("--help",),
    "version": ("--version",),
    "fit": ("fit", "{table}", *TINY, "--folds", "2", "--out", "{out}/m.safetensors", "--report", "{out}/m.html"),
    "fit-checkpoint": (
        *("fit", "{table}", *TINY, "--folds", "2", "--plot", "{out}/m.svg", "--out", "{out}/m.safetensors"),
        *("--checkpoint", "{out}/checkpoint"),
    ),
    "predict": ("predict", "{model}", "{table}"),
    "predict-out": ("predict", "{model}", "{table}", "--out", "{out}/p.csv"),
    "evaluate": ("evaluate", "{model}", "{table}"),
    "report": ("report", "{model}", "{table}", "--out", "{out}/r.html"),
    "inspect": ("inspect", "{model}"),
    "plot": ("plot", "{model}", "{table}", "--kind", "confusion", "--out", "{out}/p.png"),
    "sweep": (
        *("sweep", "{table}", *TINY, "--seeds", "2", "--weight-decay", "0,0.01", "--out", "{out}/s.csv"),
        *("--save", "{out}/s.safetensors", "--plot", "{out}/s.pdf"),
    ),
    "diagnose": ("diagnose", "{table}", *TINY, "--seeds", "2", "--max-rows", "100", "--plot", "{out}/d.png"),
    "audit": ("audit", "{table}", "--target", "y"),
}
OUTPUT = re.compile(r"^\{out\}/(.+\..+)$")


@dataclass
class Seen:
    """What a command did.

    Attributes
    ----------
    code
        How it ended, as `subprocess` counts it.
    err
        What it said on standard error.
    left
        The names in its folder of outputs, and in its folder for temporary files.
    outputs
        By name: ``absent``, ``old``, ``new`` or ``half``.
    """

    code: int
    err: str
    left: list[str]
    outputs: dict[str, str]

    def sentence(self) -> str:
        """The last line on standard error."""
        return self.err.strip().split("\n")[-1]


@dataclass
class Bench:
    """A folder with a table and a model, and what commands write when nothing goes wrong."""

    place: Path
    rng: random.Random
    references: dict[str, dict[str, bytes]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def table(self) -> Path:
        """The table that commands read."""
        return self.place / "table.csv"

    @property
    def model(self) -> Path:
        """The model that commands read."""
        return self.place / "model.safetensors"

    def prepare(self) -> None:
        """Write the table."""
        self.place.chmod(0o755)
        rows = [f"{x},{self.rng.gauss(x % 2, 1):.3f},{'ab'[x % 3 == 0]},{['no', 'yes'][x % 2]}" for x in range(60)]
        self.table.write_text("\n".join(["row,height,kind,y", *rows]) + "\n")
        for name in ("cache", "temporary"):
            (self.place / name).mkdir()
            (self.place / name).chmod(0o777)

    def train(self) -> None:
        """Train the model, unless it is there."""
        if self.model.exists():
            return
        arguments = ("fit", str(self.table), *TINY, "--folds", "2", "--out", str(self.model))
        made = self.start("fit", self.place, arguments=arguments)
        err = _err_of(made)
        if made.returncode:
            raise SystemExit(f"no model could be trained to begin with:\n{err.decode()}")

    def start(
        self,
        command: str,
        out: Path,
        *,
        arguments: Sequence[str] = (),
        program: Sequence[str] = (),
        stdout: int | None = None,
        before: Callable[[], None] | None = None,
        model: Path | None = None,
        table: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a command."""
        words = {"table": table or self.table, "model": model or self.model, "out": out}
        given = arguments or [word.format(**words) for word in COMMANDS[command]]
        places = {"TMPDIR": str(self.place / "temporary"), "MPLCONFIGDIR": str(self.place / "cache")}
        places["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(
            [*program, *given] if program else [*_program(), *given],
            env={**os.environ, **places, "HOME": str(self.place / "cache")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if stdout is None else stdout,
            stderr=subprocess.PIPE,
            preexec_fn=before,  # noqa: PLW1509 - this program has one thread
        )

    @contextlib.contextmanager
    def folder(self, command: str, *, filled: bool) -> Iterator[Path]:
        """A folder for outputs, which are there already or are not."""
        out = Path(tempfile.mkdtemp(dir=self.place, prefix="out-"))
        out.chmod(0o777)
        if filled:
            self.fill(command, out)
        try:
            yield out
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def fill(self, command: str, out: Path) -> None:
        """Put old outputs where new ones go."""
        for name in outputs_of(command):
            (out / name).write_bytes(OLD)
            (out / name).chmod(0o666)

    def see(self, process: subprocess.Popen[bytes], command: str, out: Path) -> Seen:
        """Wait for a command and look at what it left."""
        err = _err_of(process)
        names = outputs_of(command)
        temporary = [*(self.place / "temporary").iterdir()]
        left = [path.name for path in out.iterdir() if path.name not in names]
        left += [f"temporary/{path.name}" for path in temporary]
        for path in temporary:
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)
        outputs = {name: self._state(command, out, name) for name in names}
        return Seen(process.returncode, err.decode(errors="replace"), sorted(left), outputs)

    def _state(self, command: str, out: Path, name: str) -> str:
        if not (out / name).exists():
            return "absent"
        data = (out / name).read_bytes()
        if data == OLD:
            return "old"
        return "new" if data == self.references.get(command, {}).get(name) else "half"

    def learn(self, command: str) -> None:
        """Run a command without a fault, for what it writes and how long it takes."""
        if command in self.references:
            return
        if "{model}" in COMMANDS[command]:
            self.train()
        with self.folder(command, filled=False) as out:
            begin = time.perf_counter()
            seen = self.see(self.start(command, out), command, out)
            self.seconds[command] = time.perf_counter() - begin
            if seen.code or set(seen.outputs.values()) - {"half"}:
                raise SystemExit(f"{command} fails without a fault ({seen.code}):\n{seen.err}")
            self.references[command] = {name: (out / name).read_bytes() for name in seen.outputs}


def outputs_of(command: str) -> list[str]:
    """The names of the files that a command writes."""
    return [found[1] for word in COMMANDS[command] if (found := OUTPUT.match(word))]


def _err_of(process: subprocess.Popen[bytes]) -> bytes:
    """What a command says on standard error until it ends, which it is made to if it will not."""
    try:
        return process.communicate(timeout=TIMEOUT)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1] + f"\nIt did not end within {TIMEOUT} seconds.".encode()


def _program() -> list[str]:
    script = Path(sys.executable).with_name("demarcate")
    return [str(script)] if script.exists() else [sys.executable, "-m", "demarcate"]
