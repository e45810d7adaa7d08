"""Real Jupyter servers, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest

from databranch import node

TOKEN = "the-token-of-the-tests"


class JupyterServer:
    """A Jupyter server with our extension. ``wrapper`` is put before its command line."""

    #: Opens it.
    login: ClassVar = {"Authorization": f"token {TOKEN}"}

    def __init__(self, folder: Path, wrapper: tuple[str, ...] = ()) -> None:
        self.log = folder / "jupyter.log"
        config = folder / "config"
        config.mkdir(parents=True)
        (config / "jupyter_server_config.json").write_text(
            json.dumps({"ServerApp": {"jpserver_extensions": {"databranch": True}}})
        )
        options = [f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
        options += ["--no-browser", "--allow-root"]
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(node.__file__).parents[1]),
            "JUPYTER_TOKEN": TOKEN,
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_NO_CONFIG": "",
            "JUPYTER_DATA_DIR": str(folder / "share"),
            "JUPYTER_RUNTIME_DIR": str(folder / "run"),
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*wrapper, sys.executable, "-m", "jupyter_server", *options],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def base(self) -> str:
        """Its address, as it tells it: a port that was free a moment ago may be somebody else's. '' until then."""
        told = re.search(r"http://127\.0\.0\.1:\d+(?=/)", self.log.read_text())
        return told[0] if told else ""

    def ask(self, path: str) -> tuple[int, Any]:
        """Status and parsed answer of a GET; status 0 when nobody answers."""
        request = urllib.request.Request(f"{self.base}/{path}", headers=self.login)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
        except OSError:
            return 0, None

    def is_up(self) -> bool:
        return self.base != "" and self.ask("api/status")[0] == 200

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends it and waits until it is gone."""
        self.process.send_signal(how)
        self.process.wait(60)


@pytest.fixture
def start_jupyter(bundle: Path, tmp_path: Path, until: Any) -> Iterator[Callable[..., JupyterServer]]:
    """Starts Jupyter servers that share a data folder, and ends what is left of them."""
    started: list[JupyterServer] = []

    def start(wrapper: tuple[str, ...] = ()) -> JupyterServer:
        server = JupyterServer(tmp_path / f"jupyter-{len(started)}", wrapper)
        started.append(server)
        until(lambda: server.is_up() or server.process.poll() is not None, "Jupyter answers")
        assert server.process.poll() is None, server.log.read_text()
        return server

    yield start
    for server in started:
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            server.end(signal.SIGKILL)
