"""A table, a model and folders for commands that run as processes of their own and are checked afterwards."""

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

OLD = b"the previous file\n"
SOURCE = Path(__file__).resolve().parents[1] / "src"
"""The code beside this file is tested, not an installed one."""
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
class CommandResult:
    """The result of a command.

    Attributes
    ----------
    code
        Its return code, as in `subprocess`.
    err
        Its standard error.
    left
        Unexpected names in its folder of outputs, and in its folder for temporary files.
    outputs
        The state of each output by name: ``absent``, ``old``, ``new`` or ``half``.
    """

    code: int
    err: str
    left: list[str]
    outputs: dict[str, str]

    def last_line(self) -> str:
        """Return the last line on standard error."""
        return self.err.strip().split("\n")[-1]


@dataclass
class Bench:
    """A folder with a table and a model, and the outputs of commands without faults."""

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
        """Train the model, unless it exists."""
        if self.model.exists():
            return
        arguments = ("fit", str(self.table), *TINY, "--folds", "2", "--out", str(self.model))
        made = self.start("fit", self.place, arguments=arguments)
        err = _err_of(made)
        if made.returncode:
            raise SystemExit(f"the model for the trials could not be trained:\n{err.decode()}")

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
        full = arguments or [word.format(**words) for word in COMMANDS[command]]
        places = {"TMPDIR": str(self.place / "temporary"), "MPLCONFIGDIR": str(self.place / "cache")}
        places["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(
            [*program, *full] if program else [*_program(), *full],
            env={**os.environ, **places, "HOME": str(self.place / "cache")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if stdout is None else stdout,
            stderr=subprocess.PIPE,
            preexec_fn=before,  # noqa: PLW1509 - this program has one thread
        )

    @contextlib.contextmanager
    def folder(self, command: str, *, filled: bool) -> Iterator[Path]:
        """Give a folder for outputs, with or without old outputs."""
        out = Path(tempfile.mkdtemp(dir=self.place, prefix="out-"))
        out.chmod(0o777)
        if filled:
            self.fill(command, out)
        try:
            yield out
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def fill(self, command: str, out: Path) -> None:
        """Write old outputs at the paths of the new ones."""
        for name in outputs_of(command):
            (out / name).write_bytes(OLD)
            (out / name).chmod(0o666)

    def finish(self, process: subprocess.Popen[bytes], command: str, out: Path) -> CommandResult:
        """Wait for a command and return its result."""
        err = _err_of(process)
        names = outputs_of(command)
        temporary = [*(self.place / "temporary").iterdir()]
        left = [path.name for path in out.iterdir() if path.name not in names]
        left += [f"temporary/{path.name}" for path in temporary]
        for path in temporary:
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)
        outputs = {name: self._state(command, out, name) for name in names}
        return CommandResult(process.returncode, err.decode(errors="replace"), sorted(left), outputs)

    def _state(self, command: str, out: Path, name: str) -> str:
        if not (out / name).exists():
            return "absent"
        data = (out / name).read_bytes()
        if data == OLD:
            return "old"
        return "new" if data == self.references.get(command, {}).get(name) else "half"

    def run_reference(self, command: str) -> None:
        """Run a command without a fault, and store its outputs and its time."""
        if command in self.references:
            return
        if "{model}" in COMMANDS[command]:
            self.train()
        with self.folder(command, filled=False) as out:
            begin = time.perf_counter()
            result = self.finish(self.start(command, out), command, out)
            self.seconds[command] = time.perf_counter() - begin
            if result.code or set(result.outputs.values()) - {"half"}:
                raise SystemExit(f"{command} fails without a fault ({result.code}):\n{result.err}")
            self.references[command] = {name: (out / name).read_bytes() for name in result.outputs}


def outputs_of(command: str) -> list[str]:
    """Return the names of the files that a command writes."""
    return [match[1] for word in COMMANDS[command] if (match := OUTPUT.match(word))]


def _err_of(process: subprocess.Popen[bytes]) -> bytes:
    """Return the standard error of a command, which is killed after the time limit."""
    try:
        return process.communicate(timeout=TIMEOUT)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1] + f"\nThe command did not end within {TIMEOUT} seconds.".encode()


def _program() -> list[str]:
    script = Path(sys.executable).with_name("demarcate")
    return [str(script)] if script.exists() else [sys.executable, "-m", "demarcate"]
