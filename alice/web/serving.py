"""Gunicorn's settings, in gunicorn's own names: one worker with threads, so that one process serves one brain.

Installed, the console is served by `gunicorn -c python:alice.web.serving 'alice.web.factory:create_app()'`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.glogging import Logger

from alice import logs
from alice.config import load

if TYPE_CHECKING:
    from gunicorn.workers.base import Worker

THREADS = 16
_settings = load()
# A name that only browsers resolve to loopback everywhere is listened on at the address itself.
_address = {"alice.localhost": "127.0.0.1", "::1": "[::1]"}.get(_settings.host, _settings.host)

bind = [f"{_address}:{_settings.port}"]
worker_class = "gthread"
workers = 1
threads = THREADS
preload_app = False
timeout = 60
graceful_timeout = 10
keepalive = 5
umask = 0o077
proc_name = "alice-web"
# The heartbeat file in memory: on a slow disk its writes would stall the worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# An address may hold a sign-in ticket or a search; neither belongs into a log.
accesslog = None
# Nobody stands in front of us unless the owner says so; headers that would change path or scheme are not believed.
forwarded_allow_ips = ""
forwarder_headers = ""
# The control socket would lie in the home directory and belong to whichever server started last.
control_socket_disable = True


class Log(Logger):
    """Gunicorn's log without secrets."""

    def setup(self, cfg: Any) -> None:
        """Set the log up as gunicorn does, then format it as the rest of Alice."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.Redacting(logs.FORMAT))


logger_class = Log


def post_worker_init(_worker: Worker) -> None:
    """Send the worker's own log to the same place, and see that there is a key to come in by."""
    from alice.services.access import tokens

    logs.set_up()
    tokens.prepare(_settings.home)


def worker_exit(_server: Any, _worker: Worker) -> None:
    """Give the database its connections back."""
    from alice.db import database

    if not database.handle.deferred:
        database.handle.close_all()
