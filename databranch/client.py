"""The REST API, as thin as can be: one request, one answer.

On ``http.client`` and nothing else. A kernel may live in any environment, so this must not drag in a web
framework or a generated SDK of some version; and unlike ``urllib.request`` it ignores ``HTTP_PROXY``, which
must not be asked for the way to our own machine. A connection per request costs a tenth of a millisecond
on loopback and spares all the rules of keeping one alive between cells, threads and forks.
"""

from __future__ import annotations

import http.client
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote, urlencode, urlsplit

from .endpoint import Endpoint
from .errors import ApiError, ServiceUnavailable

#: Counting a million files for the first time takes a while; a request that hangs longer than this is lost.
TIMEOUT_S = 600.0
CONNECT_TIMEOUT_S = 10.0
#: The largest page that the API gives.
PAGE = 1000
#: Bytes of a file that are read and sent at a time.
BLOCK = 1 << 20

#: A list is sent as a parameter for each of its items.
Query = Mapping[str, str | int | bool | list[str] | None]


class EndpointSource(Protocol):
    """Says where the service is. It may move: a restarted one can listen elsewhere."""

    def endpoint(self, lost: Endpoint | None = None) -> Endpoint:
        """The address to use now. ``lost`` is one that was given before and did not answer.

        :raises ServiceUnavailable: when there is no service and none can be started.
        """

    def close(self) -> None:
        """Lets go of the service."""


class FixedEndpoint:
    """A service elsewhere: it is not ours to start or to keep."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def endpoint(self, lost: Endpoint | None = None) -> Endpoint:
        """Always the same; see :class:`EndpointSource`."""
        return self._endpoint

    def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True)
class Event:
    """One server-sent event; ``data`` is its parsed JSON."""

    name: str
    data: Any


def api_path(*segments: str) -> str:
    """A path below ``/api/v1`` whose segments may hold any character."""
    return "/".join(quote(segment, safe="") for segment in segments)


class Client:
    """Sends requests to wherever the service is."""

    def __init__(self, source: EndpointSource) -> None:
        self._source = source

    @property
    def endpoint(self) -> Endpoint:
        """The address in use now; starts the service when none runs."""
        return self._source.endpoint()

    def get(self, path: str, query: Query | None = None) -> Any:
        """The parsed answer of a GET."""
        return self.send("GET", path, query)

    def send(self, method: str, path: str, query: Query | None = None, body: Any = None) -> Any:
        """Sends ``body`` as JSON and gives the parsed answer; None when it is empty.

        :raises ApiError: when the service refuses.
        :raises ServiceUnavailable: when it is not there and cannot be started.
        """
        payload = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        with self._open(method, path, query, payload, headers) as response:
            return _parsed(response)

    def read(self, path: str, query: Query) -> bytes:
        """The answer of a GET as it is."""
        with self._open("GET", path, query, None, {"Accept": "*/*"}) as response:
            return response.read()

    def download(self, path: str, query: Query, file: Path) -> int:
        """Writes the answer of a GET to a local file, streamed, and gives its size in bytes."""
        with self._open("GET", path, query, None, {"Accept": "*/*"}) as response, file.open("wb") as content:
            shutil.copyfileobj(response, content, BLOCK)
            return content.tell()

    def upload(self, path: str, query: Query, file: Path, content_type: str) -> Any:
        """POSTs a local file, streamed: memory does not depend on its size."""
        size = file.stat().st_size
        with file.open("rb") as content:
            headers = {"Content-Type": content_type, "Content-Length": str(size)}
            with self._open("POST", path, query, content, headers) as response:
                return _parsed(response)

    def pages(self, path: str, query: Query | None = None, limit: int | None = None) -> Iterator[Any]:
        """The entries of a listing, page by page as they are asked for, at most ``limit``."""
        after, left = "", limit
        while left is None or left > 0:
            amount = PAGE if left is None else min(PAGE, left)
            page = self.get(path, {**(query or {}), "after": after, "amount": amount})
            yield from page["results"]
            if not page["pagination"]["has_more"]:
                return
            after = page["pagination"]["next_offset"]
            left = None if left is None else left - len(page["results"])

    def events(self, path: str, query: Query | None = None) -> Iterator[Event]:
        """Server-sent events as they come. Leaving the iteration early ends the work in the service."""
        with self._open("GET", path, query, None, {"Accept": "text/event-stream"}) as response:
            yield from _events(response)

    @contextmanager
    def _open(
        self,
        method: str,
        path: str,
        query: Query | None,
        body: bytes | BinaryIO | None,
        headers: Mapping[str, str],
    ) -> Iterator[http.client.HTTPResponse]:
        connection = self._connect()
        try:
            response = _exchange(connection, method, path, query, body, headers)
            if response.status >= 400:
                raise _refusal(response)
            yield response
        finally:
            connection.close()

    def _connect(self) -> _Connection:
        """An open connection. A service that is gone is looked for, or started, once more."""
        endpoint = self._source.endpoint()
        try:
            return _Connection(endpoint)
        except OSError:
            # Nothing was sent yet, so trying again is safe for every method.
            endpoint = self._source.endpoint(lost=endpoint)
        try:
            return _Connection(endpoint)
        except OSError as error:
            raise ServiceUnavailable(f"The service at {endpoint.url} does not answer: {error}.") from error


class _Connection:
    """An open connection and what every request on it carries."""

    def __init__(self, endpoint: Endpoint) -> None:
        address = urlsplit(endpoint.api)
        secure = address.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self.endpoint = endpoint
        self.prefix = address.path
        self.http = kind(address.hostname or "", address.port, timeout=CONNECT_TIMEOUT_S, blocksize=BLOCK)
        self.http.connect()
        self.http.sock.settimeout(TIMEOUT_S)

    def close(self) -> None:
        self.http.close()


def _exchange(
    connection: _Connection,
    method: str,
    path: str,
    query: Query | None,
    body: bytes | BinaryIO | None,
    headers: Mapping[str, str],
) -> http.client.HTTPResponse:
    endpoint = connection.endpoint
    target = f"{connection.prefix}/{path}{_query_string(query)}"
    sent = {"Accept": "application/json", "Authorization": endpoint.authorization, **headers}
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            # A large body that is refused: the refusal was sent before the connection was closed.
            connection.http.request(method, target, body, sent)
        return connection.http.getresponse()
    except (OSError, http.client.HTTPException) as error:
        done = "" if method == "GET" else " It may have been done: look before you repeat it."
        raise ServiceUnavailable(
            f"The service at {endpoint.url} went away before it answered ({type(error).__name__}).{done}"
        ) from error


def _query_string(query: Query | None) -> str:
    def value(given: str | int | bool) -> str:
        return str(given).lower() if isinstance(given, bool) else str(given)

    pairs = [
        (name, value(one))
        for name, given in (query or {}).items()
        if given is not None
        for one in (given if isinstance(given, list) else [given])
    ]
    return f"?{urlencode(pairs, quote_via=quote)}" if pairs else ""


def _parsed(response: http.client.HTTPResponse) -> Any:
    content = response.read()
    if not content:
        return None
    # Creating a branch answers with the commit id as plain text, whatever the declared type.
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")


def _refusal(response: http.client.HTTPResponse) -> ApiError:
    content = response.read()
    try:
        message = str(json.loads(content)["message"])
    except (ValueError, KeyError, TypeError):
        message = f"The service answered {response.status} {response.reason}."
    return ApiError(response.status, message)


def _events(response: http.client.HTTPResponse) -> Iterator[Event]:
    # Only what our service sends of the format: 'event' and 'data' lines, a blank line ends an event.
    name, data = "message", ""
    for raw in response:
        line = raw.decode("utf-8").rstrip("\r\n")
        if not line:
            if data:
                yield Event(name, json.loads(data))
            name, data = "message", ""
        elif line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data += line[5:].strip()
