"""A process that answers and is no copy: it loads the models itself, where copying the first one is not safe.

A copy has the locks of its original's threads, but not the threads, and may wait for them for ever. What is shared
comes by descriptors. The model files must still be those that were loaded; others are served by the next processes.
"""

import base64
import pickle
import socket
import subprocess
import sys
from dataclasses import dataclass, replace

from demarcate.serving.connection_counts import ConnectionCounts
from demarcate.serving.model_store import ModelSource
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.run_service import ServiceProcess, prepare_process
from demarcate.serving.service_files import LoadedFiles, ServiceFiles
from demarcate.serving.service_metrics import ServiceMetrics
from demarcate.serving.service_settings import ServiceSettings
from demarcate.serving.supervisor import Supervisor, be_worker
from demarcate.serving.worker import Beat

_PROGRAM = "from demarcate.serving.fresh_process import main; main()"


@dataclass(frozen=True)
class _Order:
    """What a fresh process has to know."""

    sources: tuple[ModelSource, ...]
    settings: ServiceSettings
    place: int
    log: int
    listener: int
    signs: int
    watched: int
    numbers: int
    counts: int

    @property
    def descriptors(self) -> list[int]:
        """Those that are open in both processes."""
        numbers = (self.log, self.listener, self.signs, self.watched, self.numbers, self.counts)
        return [number for number in numbers if number >= 0]


def start_fresh(service: ServiceProcess, loaded: LoadedFiles, place: int, signs: int, watched: int) -> int:
    """Start a process that serves what is loaded, and return its number; its signs of life go to a descriptor."""
    models = [
        model
        for newest in loaded.models.all()
        for version in loaded.models.versions(newest.name)
        if (model := loaded.models.find(newest.name, version)) is not None
    ]
    order = _Order(
        tuple(ModelSource(model.path, model.name, model.version) for model in models),
        replace(service.settings, sha256=frozenset(model.sha256 for model in models)),
        place,
        service.log.descriptor,
        service.listener.fileno(),
        signs,
        watched,
        service.metrics.descriptor,
        service.counts.descriptor,
    )
    text = base64.b64encode(pickle.dumps(order)).decode()
    started = subprocess.Popen([sys.executable, "-c", _PROGRAM, text], pass_fds=order.descriptors)  # noqa: S603 - ours
    started.returncode = 0  # whoever asked for it waits for its end
    return started.pid


def main() -> None:
    """Serve in this process, which was started for it."""
    order: _Order = pickle.loads(base64.b64decode(sys.argv[1]))  # noqa: S301 - written by the process that started it
    settings = order.settings
    log = ServiceLog(settings.log_format == "json", settings.logs_requests, order.log)
    n_places = Supervisor.n_places(settings.n_workers)

    def serve(beat: Beat) -> None:
        prepare_process(log)
        service = ServiceProcess(
            socket.socket(fileno=order.listener),
            settings,
            log,
            ServiceMetrics(n_places, order.numbers),
            ConnectionCounts(n_places, order.counts, is_new=False),
        )
        service.run(ServiceFiles(order.sources, settings).loaded, order.place, beat, order.watched)

    be_worker(serve, order.signs, log)
