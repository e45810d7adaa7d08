"""What Jupyter Server loads."""

from __future__ import annotations

from typing import Any

from jupyter_server.extension.application import ExtensionApp

from .proxy import ServiceHandler
from .upstream import Upstream


class DatabranchExtension(ExtensionApp):
    """Forwards ``{base_url}databranch/api/v1/…`` to the service and keeps it alive."""

    name = "databranch"
    upstream: Upstream

    def initialize_settings(self) -> None:
        """Called when the server loads the extension, before its event loop runs."""
        self.upstream = Upstream(self.serverapp.log if self.serverapp else self.log)
        self.settings["databranch_upstream"] = self.upstream

    def initialize_handlers(self) -> None:
        """No group in the pattern: tornado would decode what it captures, and %2F has to stay."""
        self.handlers.append((r"/databranch/api/v1/.*", ServiceHandler))

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        # Only begun here: JupyterLab is not to come up a moment later for our sake.
        self.upstream.begin()

    async def stop_extension(self) -> None:
        """Lets go of the service when the Jupyter server stops; others may go on using it."""
        await self.upstream.close()
