"""Functions run in a process of their own: for peak memory, or another environment."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any


def in_own_process(function: Callable[..., Any], *arguments: Any, without: Collection[str] = ()) -> Any:
    """Return the result of a module's function in a new Python process.

    Parameters
    ----------
    function
        A public function of a module; what it takes and returns is JSON.
    arguments
        What to call it with.
    without
        Environment variables the process does not see.
    """
    environment = {name: value for name, value in os.environ.items() if name not in without}
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path if entry)
    call = json.dumps([function.__module__, function.__name__, arguments])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.engine.isolated", call],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main(call: str) -> None:
    """Call the function and print its result."""
    module, name, arguments = json.loads(call)
    print(json.dumps(getattr(importlib.import_module(module), name)(*arguments)))


if __name__ == "__main__":
    main(sys.argv[1])
