"""Running the service: the socket, the files, and the processes that answer."""

import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from demarcate.errors import InputError, Problem
from demarcate.serving.host_names import LOOPBACK, open_listener, server_address
from demarcate.serving.model_store import ModelSource
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.service_files import LoadedFiles, ServiceFiles
from demarcate.serving.service_settings import ServiceSettings

if TYPE_CHECKING:
    import socket

    from demarcate.serving.connection_counts import ConnectionCounts
    from demarcate.serving.service_metrics import ServiceMetrics
    from demarcate.serving.worker import Beat, Worker

BACKLOG = 2048
"""Connections that wait in the system's queue until a process takes them."""
SWITCH_SECONDS = 0.001
"""How long a thread of a process may keep the others waiting for the interpreter."""


def run_service(
    sources: Sequence[ModelSource],
    settings: ServiceSettings,
    *,
    announce: Callable[[str], None],
    log: ServiceLog | None = None,
) -> None:
    """Serve models until a signal ends it; every request that has arrived by then is answered.

    Parameters
    ----------
    sources
        The model files; the first one is that of requests that name none.
    settings
        Where and how they are served.
    announce
        Gets the address of the service once it answers.
    log
        What the service reports; standard error if None.

    Raises
    ------
    BundleError, InputError
        If a file cannot be used, the port is taken, or others could ask without a token.
    """
    check_settings(settings)
    log = log or ServiceLog(settings.log_format == "json", settings.logs_requests)
    files = ServiceFiles(sources, settings)
    listener = open_listener(settings.host, settings.port, backlog=BACKLOG)
    if listener is None:
        fact = f"Port {settings.port} is taken"
        raise InputError([Problem(fact, "Name a free one, or 0 for any (--port on the command line)")])
    scheme = "http" if settings.tls_cert is None else "https"
    address = server_address(scheme, settings.host, listener.getsockname()[1])
    _serve(files, listener, settings, log, lambda: announce(address))
    log.event("end", "The service has ended: every request that arrived was answered.")


def check_settings(settings: ServiceSettings) -> None:
    """Refuse settings that contradict each other.

    Raises
    ------
    InputError
        If others than this machine could ask without a token, or a certificate has no key.
    """
    problems = []
    if settings.host not in LOOPBACK and settings.token_file is None:
        fact = f"Whoever reaches {settings.host} could ask: the service has no token"
        problems.append(
            Problem(
                fact, "Add a file of tokens (--token-file FILE on the command line), or listen on this machine alone"
            )
        )
    if (settings.tls_cert is None) != (settings.tls_key is None):
        problems.append(
            Problem("A certificate needs its key", "Give both files (--tls-cert and --tls-key on the command line)")
        )
    if problems:
        raise InputError(problems)


def _serve(
    files: ServiceFiles,
    listener: "socket.socket",
    settings: ServiceSettings,
    log: ServiceLog,
    on_ready: Callable[[], None],
) -> None:
    """Serve in copies of this process, or in this process where it cannot be copied."""
    # Imported before the process is copied, so that all copies share them and start at once.
    from demarcate.serving.connection_counts import ConnectionCounts
    from demarcate.serving.fresh_process import start_fresh
    from demarcate.serving.service_metrics import ServiceMetrics
    from demarcate.serving.shared_memory import new_memory
    from demarcate.serving.shared_numbers import PLACE_BYTES
    from demarcate.serving.supervisor import Supervisor, can_copy_processes
    from demarcate.serving.worker import DRAIN_SECONDS

    prepare_process(log)
    n_places = Supervisor.n_places(settings.n_workers)
    metrics = ServiceMetrics(n_places, new_memory(n_places * PLACE_BYTES))
    counts = ConnectionCounts(n_places, new_memory(ConnectionCounts.n_bytes(n_places)))
    process = ServiceProcess(listener, settings, log, metrics, counts)
    if can_copy_processes():
        seconds = settings.timeout + DRAIN_SECONDS
        events: dict[str, Any] = {"on_ready": on_ready, "on_end": counts.leave}
        events["start_fresh"] = partial(start_fresh, process)
        Supervisor(files, settings.n_workers, process.run, log, drain_seconds=seconds, **events).run(listener)
    else:
        process.run_alone(files.loaded, on_ready)


def prepare_process(log: ServiceLog) -> None:
    """Prepare a process that answers, or the one that it is copied from."""
    from demarcate.serving.worker import raise_descriptor_limit

    log.take_over("uvicorn.error", "asyncio")
    raise_descriptor_limit()
    # Odd bodies are read by threads, while the event loop answers what is plain.
    sys.setswitchinterval(SWITCH_SECONDS)
    logging.raiseExceptions = False


@dataclass(frozen=True)
class ServiceProcess:
    """What a process that answers has of the service; made before processes are copied.

    Attributes
    ----------
    listener
        The socket that all of them take connections from.
    settings, log
        Those of the service.
    metrics, counts
        Numbers that they share.
    """

    listener: "socket.socket"
    settings: ServiceSettings
    log: ServiceLog
    metrics: "ServiceMetrics"
    counts: "ConnectionCounts"

    def run(self, loaded: LoadedFiles, place: int, beat: "Beat", watched: int) -> None:
        """Serve in a copy until SIGTERM, or until a descriptor that another process holds is at its end."""
        from demarcate.serving.worker import run_until_drained

        models = loaded.models
        versions = {(served.name, version) for served in models.all() for version in models.versions(served.name)}
        self.metrics.use_place(place, versions)
        run_until_drained(lambda: self.worker(loaded, place, beat), watched=watched)

    def run_alone(self, loaded: LoadedFiles, on_ready: Callable[[], None]) -> None:
        """Serve in this process, where it cannot be copied, until Ctrl-C or SIGTERM."""
        import signal

        from demarcate.serving.worker import run_until_drained

        begins = [on_ready]

        def beat(_must_go: bool = False, /) -> None:
            if begins:
                begins.pop()()

        run_until_drained(lambda: self.worker(loaded, 0, beat), signals=(signal.SIGINT, signal.SIGTERM))

    def worker(self, loaded: LoadedFiles, place: int, beat: "Beat") -> "Worker":
        """Return what answers, within its event loop."""
        from demarcate.serving.gate import Gate, ServiceStatus
        from demarcate.serving.micro_batches import SharedBatches
        from demarcate.serving.service_app import ServiceApp
        from demarcate.serving.trial import try_models
        from demarcate.serving.worker import Worker

        status, metrics, batches = ServiceStatus(), self.metrics, SharedBatches(self.metrics.batch)
        app = ServiceApp(loaded.models, self.settings, status=status, compute=batches, metrics=metrics)
        tried = ServiceApp(loaded.models, self.settings, compute=SharedBatches())  # what it counts, nobody reads
        gate = Gate(app, self.settings, loaded.tokens, self.log, metrics.request)
        shared: dict[str, Any] = {"tls": loaded.tls, "beat": beat, "counts": self.counts, "place": place}
        shared["trial"] = lambda: try_models(tried, loaded.models, self.log)
        shared["seconds_at_work"] = app.readers.longest
        return Worker(gate, self.listener, self.settings, status, self.log, **shared)
