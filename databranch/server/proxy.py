"""One request from the browser to the service and its answer back, both streamed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import cast

import aiohttp
from jupyter_core.utils import ensure_async
from jupyter_server.auth.utils import HTTP_METHOD_TO_AUTH_ACTION
from jupyter_server.base.handlers import APIHandler
from tornado import iostream, web
from tornado.http1connection import HTTP1Connection
from yarl import URL

from ..endpoint import Endpoint
from ..errors import ServiceUnavailable
from .headers import CONTENT_SECURITY_POLICY, guards, path_to_service, query_to_service, to_browser, to_service
from .upstream import Upstream

PREFIX = "/databranch/api/v1/"
#: Pieces of an upload (64 KiB each) that wait for the service; the browser is slowed down to its pace.
PIECES_WAITING = 8
#: Jupyter's limit of 512 MB is for notebooks. An S3 object may have 5 TiB.
BODY_MAX = 5 << 40


@web.stream_request_body
class ServiceHandler(APIHandler):
    """Runs under Jupyter's rules, and forwards what they allow.

    With a streamed body tornado calls :meth:`prepare` before the body, :meth:`data_received` for each piece
    of it, and the method after it. Whether the request may pass is therefore decided in ``prepare``.
    """

    auth_resource = "databranch"

    # The body on its way to the service; None when there is none.
    _pieces: asyncio.Queue[bytes | None] | None = None
    _answer: asyncio.Task[None] | None = None

    def initialize(self) -> None:
        self._received = asyncio.Event()
        self._answered = asyncio.Event()

    @property
    def upstream(self) -> Upstream:
        upstream: Upstream = self.settings["databranch_upstream"]
        return upstream

    @property
    def _connection(self) -> HTTP1Connection:
        return cast(HTTP1Connection, self.request.connection)

    @property
    def content_security_policy(self) -> str:
        return CONTENT_SECURITY_POLICY

    async def prepare(self) -> None:  # type: ignore[override]  # narrower than JupyterHandler's, as in APIHandler
        """Decides whether the request may pass; then begins to forward it.

        :raises web.HTTPError: 403 for those whom Jupyter does not know, 404 for other sites.
        """
        # Jupyter's own: host, user, XSRF token, origin.
        await super().prepare()
        if self.request.method == "OPTIONS":
            # A browser's question for Jupyter, which answers it itself.
            return
        await self._check_user()
        self._connection.set_max_body_size(BODY_MAX)
        # Jupyter compresses what looks like text: that would hold back events, and break ranges and ETags.
        self._transforms = []
        target = self._target()
        if target is None:
            raise web.HTTPError(400, "The address leads out of the data service's API.")
        if self._has_body():
            self._pieces = asyncio.Queue(PIECES_WAITING)
        self._answer = asyncio.create_task(self._forward(target))

    async def data_received(self, chunk: bytes) -> None:
        """Passes on a piece of the body; what comes after the service has answered is of no use to anybody."""
        if self._pieces is not None:
            await self._put(chunk)

    def on_connection_close(self) -> None:
        """The browser is gone: so is the reason for the work that the service does for it."""
        super().on_connection_close()
        if self._answer is not None:
            self._answer.cancel()

    # Not jupyter_server's @authorized as well: it keeps the action of its first call, and the methods are one.
    @web.authenticated
    async def get(self) -> None:
        """The body is here as a whole: waits until the answer has been passed on. All methods do the same."""
        self._received.set()
        if self._pieces is not None:
            await self._put(None)
        assert self._answer is not None
        with suppress(asyncio.CancelledError):
            await self._answer

    head = post = put = delete = patch = get

    async def _check_user(self) -> None:
        if self.current_user is None:
            raise web.HTTPError(403, "Log in to Jupyter first.")
        action = HTTP_METHOD_TO_AUTH_ACTION[str(self.request.method)]
        allowed = self.authorizer.is_authorized(self, self.current_user, action, self.auth_resource)
        if not await ensure_async(allowed):
            raise web.HTTPError(403, f"You are not allowed to {action} data branches.")

    def _target(self) -> str | None:
        """Path and query below ``/api/v1/``, raw as they came."""
        path = path_to_service(self.request.path.split(PREFIX, 1)[1])
        query = query_to_service(self.request.query)
        return None if path is None else f"{path}?{query}" if query else path

    def _has_body(self) -> bool:
        headers = self.request.headers
        return headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in headers

    async def _put(self, piece: bytes | None) -> None:
        """Hands a piece to the request that goes on, unless nobody reads it any more."""
        assert self._pieces is not None
        if not self._pieces.full():
            self._pieces.put_nowait(piece)
            return
        waiting = [asyncio.ensure_future(wait) for wait in (self._pieces.put(piece), self._answered.wait())]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for wait in waiting:
            wait.cancel()

    async def _body(self) -> AsyncIterator[bytes]:
        assert self._pieces is not None
        while (piece := await self._pieces.get()) is not None:
            yield piece

    async def _forward(self, target: str) -> None:
        try:
            await self._relay(await self.upstream.endpoint(), target)
        except ServiceUnavailable as error:
            await self._fail(503, str(error))
        except (aiohttp.ClientError, OSError) as error:
            self.log.warning("Databranch: %s %s: %r", self.request.method, self.request.path, error)
            await self._fail(502, "The connection to the data service broke. It is looked for again: try again.")
        finally:
            self._answered.set()

    async def _relay(self, endpoint: Endpoint, target: str) -> None:
        try:
            answer = await self._send(endpoint, target)
        except aiohttp.ClientConnectorError:
            # Nobody listens there any more, and nothing of the request was sent.
            answer = await self._send(await self.upstream.endpoint(lost=endpoint), target)
        async with answer:
            if answer.status == 401:
                # To the browser that would mean that Jupyter does not know it.
                await self._fail(502, "The data service does not take this server's key. Restart Jupyter.")
                return
            await self._pass_on(answer)

    async def _send(self, endpoint: Endpoint, target: str) -> aiohttp.ClientResponse:
        return await self.upstream.session.request(
            str(self.request.method),
            # 'encoded': as it came, %2F and all.
            URL(f"{endpoint.api}/{target}", encoded=True),
            headers=to_service(self.request.headers.get_all(), endpoint.authorization),
            # What the browser did not say is not said for it.
            skip_auto_headers=("User-Agent", "Content-Type", "Accept", "Accept-Encoding"),
            data=self._body() if self._pieces is not None else None,
            allow_redirects=False,
        )

    async def _pass_on(self, answer: aiohttp.ClientResponse) -> None:
        await self._body_received()
        self.set_status(answer.status)
        self.clear_header("Content-Type")
        for name, value in to_browser(answer.headers.items()):
            self.add_header(name, value)
        for name, value in guards(answer.headers, self.request.path, self.request.query).items():
            self.set_header(name, value)
        try:
            # Headers first: an answer without a body must not get one of tornado's ETags or Jupyter's types.
            await self.flush()
            async for piece in answer.content.iter_any():
                self.write(piece)
                # Waits until the browser took it: that is what keeps memory flat.
                await self.flush()
        except iostream.StreamClosedError:
            return
        except (aiohttp.ClientError, OSError) as error:
            self.log.warning("Databranch: the service broke off its answer to %s: %r", self.request.path, error)
            self._break_off()
            return
        await self.finish()

    async def _fail(self, status: int, message: str) -> None:
        await self._body_received()
        self.set_status(status)
        await self.finish({"message": message})

    async def _body_received(self) -> None:
        """An answer amid the body would make tornado cut the connection, and the browser not see the answer."""
        self._answered.set()
        await self._received.wait()

    def _break_off(self) -> None:
        """Half an answer must not look like a whole one."""
        self._connection.close()
