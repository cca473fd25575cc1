"""The files that a service runs on: models, tokens, certificate. Another file in place of one is loaded beside it.

A new file that is refused changes nothing: what was loaded before goes on, and the log says why.
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demarcate.errors import DemarcateError, InputError, Problem
from demarcate.serving.contract_changes import contract_changes
from demarcate.serving.model_store import ModelSource, ModelStore
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.served_model import ServedModel
from demarcate.serving.service_settings import ServiceSettings
from demarcate.serving.tokens import Tokens

FileState = tuple[int, int, int] | None
"""What changes when another file takes the place of one; None where there is none."""


@dataclass(frozen=True)
class LoadedFiles:
    """What a process that answers needs of the files.

    Attributes
    ----------
    models
        The models.
    tokens
        What requests must show; None where everyone may ask.
    tls
        What makes connections https; None for http.
    """

    models: ModelStore
    tokens: Tokens | None
    tls: ssl.SSLContext | None


class ServiceFiles:
    """The files of a service, as they were loaded last.

    Parameters
    ----------
    sources
        The model files and their names.
    settings
        The other files, and the digests that model files may have.

    Raises
    ------
    BundleError, InputError
        If a file cannot be used.
    """

    def __init__(self, sources: Sequence[ModelSource], settings: ServiceSettings) -> None:
        self._sources, self._settings = tuple(sources), settings
        self._states = self._current_states()
        self._models: dict[ModelSource, ServedModel] = {
            source: source.load(settings.sha256) for source in self._sources
        }
        self.loaded = LoadedFiles(ModelStore(list(self._models.values())), self._tokens(), self._tls())
        self.accept()

    def refresh(self, log: ServiceLog, *, everything: bool = False) -> bool:
        """Load the files that have changed, and return whether what is served is another.

        Parameters
        ----------
        log
            Gets a line for each file that is loaded or refused.
        everything
            Whether all files count as changed.
        """
        before, self._states = self._states, self._current_states()
        changed = {path for path, state in self._states.items() if everything or state != before.get(path)}
        if not changed:
            return False
        models = dict(self._models)
        for source in self._sources:
            if source.path in changed:
                models[source] = self._reloaded(source, models[source], log)
        tokens, tls = self.loaded.tokens, self.loaded.tls
        try:
            store = ModelStore(list(models.values()))
            if self._settings.token_file in changed:
                tokens = self._tokens()
            if changed & {self._settings.tls_cert, self._settings.tls_key}:
                tls = self._tls()
        except DemarcateError as error:
            log.event("refused", f"{error} What was loaded before goes on.", "error")
            return False
        is_new = models != self._models or tokens != self.loaded.tokens or tls is not self.loaded.tls
        self._models, self.loaded = models, LoadedFiles(store, tokens, tls)
        return is_new

    def accept(self) -> None:
        """Note that what was loaded last serves."""
        self._accepted = self._models, self.loaded

    def revert(self, log: ServiceLog) -> None:
        """Go back to what served last, because what was loaded since does not."""
        refused = self._models
        self._models, self.loaded = self._accepted
        for source, served in self._models.items():
            version = refused[source].version
            if refused[source] is not served:
                text = f"Version {version} of {source.name!r} does not answer. Version {served.version} goes on."
                log.event("refused", text, "error", model=source.name, version=served.version)

    def _reloaded(self, source: ModelSource, served: ServedModel, log: ServiceLog) -> ServedModel:
        """Return the model of a file that has changed, or the one that is served where that is no other."""
        try:
            loaded = source.load(self._settings.sha256)
        except DemarcateError as error:
            text = f"{error} Version {served.version} of {source.name!r} goes on."
            log.event("refused", text, "error", model=source.name, version=served.version)
            return served
        if loaded.sha256 == served.sha256:
            return served
        text = f"Version {loaded.version} of {source.name!r} takes the place of {served.version} once it answers."
        who: dict[str, Any] = {"model": source.name, "version": loaded.version, "replaces": served.version}
        log.event("loaded", text, **who)
        changes = contract_changes(served.model, loaded.model)
        if changes:
            text = f"Clients may have to change: version {loaded.version} of {source.name!r} {'; '.join(changes)}."
            log.event("changed contract", text, "warning", **who)
        return loaded

    def _current_states(self) -> dict[str, FileState]:
        settings = self._settings
        others = [settings.token_file, settings.tls_cert, settings.tls_key]
        return {path: file_state(path) for path in [*(source.path for source in self._sources), *others] if path}

    def _tokens(self) -> Tokens | None:
        return None if self._settings.token_file is None else Tokens.read(self._settings.token_file)

    def _tls(self) -> ssl.SSLContext | None:
        certificate, key = self._settings.tls_cert, self._settings.tls_key
        if certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        try:
            # A key with a passphrase is refused: nobody is there to type it.
            context.load_cert_chain(certificate, key, password="")
        except (OSError, ssl.SSLError, ValueError) as error:
            reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or error
            fact = f"The certificate '{certificate}' and its key could not be used ({reason})"
            raise InputError(
                [Problem(fact, "Give a certificate and its key as PEM files, without a passphrase")]
            ) from error
        return context


def file_state(path: str) -> FileState:
    """Return what changes when another file takes the place of one."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
