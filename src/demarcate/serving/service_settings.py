"""How a service runs: where it listens, who may ask, and how much it takes on."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

LogFormat = Literal["json", "text"]

PORT = 8000
MEGABYTE = 1_000_000
BODIES_AT_ONCE = 16
"""Bodies of the largest size that a worker holds at the same time; above, requests wait for another time (503)."""


@dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """How a service runs.

    Attributes
    ----------
    host, port
        Where it listens; 0 is any free port.
    n_workers
        Processes that answer.
    token_file
        The file with the tokens that requests must show, one a line; None where everyone on this machine may ask.
    tls_cert, tls_key
        Files of the certificate and its key, for https.
    sha256
        The digests that model files may have, 64 hexadecimal digits each; empty for any.
    max_body
        Bytes of a request's body.
    max_rows
        Rows of a request.
    timeout
        Seconds from a request's first byte to its answer.
    max_concurrent
        Requests that a worker has in work; others are refused with 503.
    max_connections
        Open connections of a worker; the one that has been idle for the longest makes room for a new one.
    logs_requests
        Whether each request is a line of the log.
    log_format
        ``json`` or ``text``.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    n_workers: int = 1
    token_file: str | None = None
    tls_cert: str | None = None
    tls_key: str | None = None
    sha256: frozenset[str] = frozenset()
    max_body: int = 16 * MEGABYTE
    max_rows: int = 100_000
    timeout: float = 30.0
    max_concurrent: int = 256
    max_connections: int = 1024
    logs_requests: bool = True
    log_format: LogFormat = "json"

    @property
    def max_bytes_in_work(self) -> int:
        """Bytes of all bodies that a worker holds at the same time."""
        return BODIES_AT_ONCE * self.max_body


def usable_processors() -> int:
    """Return how many processors this process may use: those of its affinity, within the quota of its control group."""
    n_processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        if quota != "max":
            n_processors = min(n_processors, -(-int(quota) // int(period)))
    return max(1, n_processors)
