"""A real service for real clients, and skips that say which client is absent."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from lakefs.branch import Branch
    from lakefs.client import Client
    from lakefs.repository import Repository

    from databranch.connection import Connection

CHECKOUT = Path(__file__).parents[2]
PROGRAM = CHECKOUT / "bin" / "databranch.mjs"
BUNDLE = CHECKOUT / "databranch" / "service" / "databranch.mjs"
#: What the service prints, and all that it prints, once it answers.
READY = "Databranch is ready at "
#: An empty service is ready at once; the quickstart has 486,000 rows to make first.
READY_S = 120
QUICKSTART_READY_S = 600
#: The service promises to be gone after ten seconds; the machine may do much else.
STOP_S = 60
#: Releases before the calendar's are what pip falls back to when boto3 and s3fs ask for different botocores.
OLDEST_S3FS = 2023


@dataclass(frozen=True)
class Service:
    """Where a service answers, REST and S3 alike, and the key that opens it."""

    url: str
    access_key_id: str
    secret_access_key: str
    #: A folder from which it imports.
    import_root: Path | None = None

    def post(self, path: str, body: dict[str, str]) -> None:
        """One call of the REST API, for tests of clients that do not speak it."""
        self._call(path, json.dumps(body).encode())

    def get(self, path: str) -> Any:
        """What the REST API answers, for the same tests."""
        return json.loads(self._call(path))

    def _call(self, path: str, body: bytes | None = None) -> bytes:
        credentials = base64.b64encode(f"{self.access_key_id}:{self.secret_access_key}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        with urlopen(Request(f"{self.url}/api/v1{path}", body, headers)) as answer:
            return bytes(answer.read())


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An empty service: the one that ``DATABRANCH_TEST_ENDPOINT`` names, else one that is started now."""
    given = from_environment()
    if given is not None:
        yield given
        return
    root = tmp_path_factory.mktemp("source")
    with started(tmp_path_factory.mktemp("data"), "--import-root", str(root), ready_s=READY_S) as running:
        running = replace(running, import_root=root)
        os.environ.update(as_environment(running))
        yield running
        for name in as_environment(running):
            del os.environ[name]


@pytest.fixture
def import_root(service: Service) -> Path:
    """A folder from which the service imports; skips where none is known."""
    if service.import_root is None:
        pytest.skip("no import root of the service is known: DATABRANCH_TEST_IMPORT_ROOT")
    return service.import_root


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A service with the quickstart's repository in full, as the Python package sees it."""
    connections = pytest.importorskip("databranch.connection", reason="the package databranch is not installed")
    endpoints = pytest.importorskip("databranch.endpoint")
    folder = tmp_path_factory.mktemp("quickstart")
    with started(folder, "--quickstart", ready_s=QUICKSTART_READY_S) as running:
        endpoint = endpoints.endpoint_of(running.url, running.access_key_id, running.secret_access_key)
        connection = connections.Connection(connections.FixedEndpoint(endpoint))
        yield connection
        connection.close()


@pytest.fixture
def repository_name() -> str:
    """A name that no other test uses."""
    return f"test-{uuid4().hex[:12]}"


@pytest.fixture
def bucket(service: Service, repository_name: str) -> str:
    """A repository with an empty branch ``main``: what a client of S3 sees as a bucket."""
    service.post("/repositories", {"name": repository_name, "storage_namespace": f"s3://example/{repository_name}"})
    return repository_name


@pytest.fixture
def storage_options(service: Service) -> dict[str, str]:
    """What s3fs and pandas are told; skips where no s3fs that fits is installed."""
    s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed: pip install s3fs")
    if int(s3fs.__version__.split(".")[0]) < OLDEST_S3FS:
        pytest.skip(f"s3fs {s3fs.__version__} is installed, too old for this pandas: boto3 asks for another botocore")
    return {"key": service.access_key_id, "secret": service.secret_access_key, "endpoint_url": service.url}


@pytest.fixture(scope="session")
def client(service: Service) -> Client:
    """The published lakeFS SDK."""
    sdk = pytest.importorskip("lakefs.client", reason="the lakeFS SDK is not installed: pip install lakefs")
    return sdk.Client(host=service.url, username=service.access_key_id, password=service.secret_access_key)


@pytest.fixture
def repository(client: Client, repository_name: str) -> Repository:
    """An empty repository, through the SDK."""
    import lakefs

    created = lakefs.Repository(repository_name, client=client)
    return created.create(storage_namespace=f"s3://example/{repository_name}")


@pytest.fixture
def main(repository: Repository) -> Branch:
    return repository.branch("main")


@contextmanager
def started(data: Path, *flags: str, ready_s: float) -> Iterator[Service]:
    """Runs the built service on a folder and a free port; skips where it was not built or Node is absent."""
    node = shutil.which("node")
    if node is None or not BUNDLE.is_file():
        pytest.skip("the service is not built: npm run build")
    key = {"DATABRANCH_ACCESS_KEY_ID": "DBKITESTCLIENTS", "DATABRANCH_SECRET_ACCESS_KEY": secrets.token_hex(20)}
    command = [node, str(PROGRAM), "serve", "--listen", "127.0.0.1:0", "--data", str(data), *flags]
    with (data / "service.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env={**os.environ, **key})
    try:
        yield Service(ready_url(process, data / "service.log", ready_s), *key.values())
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        finally:
            process.kill()
            if process.stdout is not None:
                process.stdout.close()


def ready_url(process: subprocess.Popen[bytes], log: Path, ready_s: float) -> str:
    """The address in the ready line; fails with the log when the service ends or hangs before it."""
    assert process.stdout is not None
    watchdog = threading.Timer(ready_s, process.kill)
    watchdog.start()
    line = process.stdout.readline().decode()
    watchdog.cancel()
    if not line.startswith(READY):
        pytest.fail(f"the service did not start within {ready_s} s: {line}{log.read_text()}")
    return line.removeprefix(READY).split()[0]


def from_environment() -> Service | None:
    """The service that the caller started, if any."""
    url = os.environ.get("DATABRANCH_TEST_ENDPOINT")
    if not url:
        return None
    root = os.environ.get("DATABRANCH_TEST_IMPORT_ROOT")
    return Service(
        url.rstrip("/"),
        os.environ["DATABRANCH_TEST_ACCESS_KEY_ID"],
        os.environ["DATABRANCH_TEST_SECRET_ACCESS_KEY"],
        Path(root) if root else None,
    )


def as_environment(service: Service) -> dict[str, str]:
    """For programs that tests start."""
    return {
        "DATABRANCH_TEST_ENDPOINT": service.url,
        "DATABRANCH_TEST_ACCESS_KEY_ID": service.access_key_id,
        "DATABRANCH_TEST_SECRET_ACCESS_KEY": service.secret_access_key,
    }
