"""``demarcate serve``: predictions of saved models over HTTP."""

import gc
import os
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from demarcate.cli import process
from demarcate.cli.console import print_lines
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import argument, option

if TYPE_CHECKING:
    from demarcate.serving.service_settings import ServiceSettings

NEEDED = ("starlette", "uvicorn", "httptools", "orjson")
"""The packages that only the service needs."""
RANGES = {
    "port": (0, 65_535),
    "workers": (1, 256),
    "max_body": (1, 1_000),
    "max_rows": (1, 100_000_000),
    "max_concurrent": (1, 1_000_000),
    "timeout": (1, 3_600),
}
"""The least and the most that options may be."""


@dataclass(frozen=True, kw_only=True)
class ServedOptions:
    """The models."""

    models: list[str] = argument(
        "Files that 'demarcate fit --out' wrote. NAME=FILE and NAME@VERSION=FILE name them in addresses; the first one "
        "answers requests that name none.",
        "MODEL",
    )
    expect_sha256: list[str] | None = option(
        "Refuse model files unless they have this SHA-256; repeat the option for several.",
        "--expect-sha256",
        metavar="HEX",
    )


@dataclass(frozen=True, kw_only=True)
class ListeningOptions:
    """Where the service listens, and who may ask."""

    port: int = option("Port of the service; 0 is any free port.", default=8000)
    host: str = option("Address to listen on. Any but this machine's own needs --token-file.", default="127.0.0.1")
    token_file: str | None = option(
        "Answer only requests with one of the tokens in this file, one a line.", "--token-file", metavar="FILE"
    )
    tls_cert: str | None = option("Certificate for https, with its chain (PEM).", "--tls-cert", metavar="FILE")
    tls_key: str | None = option("Key of the certificate (PEM).", "--tls-key", metavar="FILE")


@dataclass(frozen=True, kw_only=True)
class LimitOptions:
    """How much the service takes on."""

    workers: int | None = option("Processes that answer; they share the models' memory. [default: one a processor]")
    max_body: int = option("Megabytes of a request's body.", "--max-body", default=16)
    max_rows: int = option("Rows of a request.", "--max-rows", default=100_000)
    timeout: float = option("Seconds that a request may take.", default=30.0)
    max_concurrent: int = option(
        "Requests that a process has in work; others are asked to try again later.", "--max-concurrent", default=256
    )
    log_format: Literal["json", "text"] = option("Lines of the log, on standard error.", "--log-format", default="json")
    log_requests: bool = option(
        "Log each request, without any cell's value.", "--log-requests/--no-log-requests", default=True
    )


def serve(source: ServedOptions, listening: ListeningOptions, limits: LimitOptions) -> None:
    """Serve the predictions of models over HTTP.

    POST /predict takes rows as JSON, CSV, Arrow or Parquet; the address that is printed shows a form and the
    documentation. A model file that is replaced is served at once, without losing a request; Ctrl-C and SIGTERM answer
    what has arrived, SIGHUP loads all files again.

    Example: demarcate serve heart.safetensors
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError("The service needs packages that are not installed", "pip install 'demarcate[serve]'")
    settings = _settings(source, listening, limits)
    # Each process computes on one thread, and threads do not survive the copying of a process.
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    # Nothing that is imported is garbage: the supervisor collects once, when all is loaded.
    gc.disable()
    try:
        from demarcate.serving.model_store import ModelSource
        from demarcate.serving.run_service import run_service

        run_service([ModelSource.parse(text) for text in source.models], settings, announce=_announce)
    finally:
        gc.enable()
    process.end_without_cleanup(0)


def _announce(address: str) -> None:
    print_lines(address, wraps=False)


def _settings(source: ServedOptions, listening: ListeningOptions, limits: LimitOptions) -> "ServiceSettings":
    """Return the settings of the service, if the options are in their ranges."""
    from demarcate.serving.service_settings import MEGABYTE, ServiceSettings, usable_processors

    for name, (least, most) in RANGES.items():
        value = getattr(listening if name == "port" else limits, name)
        if value is not None and not least <= value <= most:
            raise UsageError(f"--{name.replace('_', '-')} is {value:g}", f"Give a number from {least} to {most}")
    if listening.host not in ("127.0.0.1", "localhost", "::1") and listening.token_file is None:
        fact = f"--host is {listening.host}, and whoever reaches it could ask"
        raise UsageError(fact, "Add --token-file FILE, or leave out --host")
    if (listening.tls_cert is None) != (listening.tls_key is None):
        raise UsageError("A certificate needs its key", "Give both --tls-cert and --tls-key")
    return ServiceSettings(
        host=listening.host,
        port=listening.port,
        n_workers=limits.workers or usable_processors(),
        token_file=listening.token_file,
        tls_cert=listening.tls_cert,
        tls_key=listening.tls_key,
        sha256=frozenset(digest.lower() for digest in source.expect_sha256 or ()),
        max_body=limits.max_body * MEGABYTE,
        max_rows=limits.max_rows,
        timeout=limits.timeout,
        max_concurrent=limits.max_concurrent,
        log_format=limits.log_format,
        logs_requests=limits.log_requests,
    )
