"""Isolated data branches: branch the data, run the pipeline, see what happened to the rows, merge or discard.

In a notebook, ``%load_ext databranch`` brings the magics ``%branch``, ``%commit``, ``%diff``, ``%merge``,
``%log``, ``%rowcount`` and ``%discard``, and a variable ``branch``. Without magics:

>>> import databranch
>>> databranch.use("test-env")
Branch(repository='quickstart', name='test-env')
>>> databranch.branch.rowcount("reviews/").rows
972000
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .branches import Branch
from .connection import Connection
from .current import configure, connect, use
from .errors import ApiError, DatabranchError, MergeConflict, NotChosen, ServiceUnavailable
from .local_spark import SparkMissing, spark_session
from .repository import Repository

try:
    from ._version import __version__
except ImportError:  # A checkout that was never built.
    __version__ = "0.0.0"

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    #: The current branch.
    branch: Branch

__all__ = [
    "ApiError",
    "Branch",
    "Connection",
    "DatabranchError",
    "MergeConflict",
    "NotChosen",
    "Repository",
    "ServiceUnavailable",
    "SparkMissing",
    "__version__",
    "configure",
    "connect",
    "spark_session",
    "use",
]


def __getattr__(name: str) -> Any:
    # The current branch is another object after each switch, so it cannot be a plain attribute.
    if name == "branch":
        from .current import current_branch

        return current_branch()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """``%load_ext databranch``."""
    from .magics import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """``%unload_ext databranch``."""
    from .magics import unload

    unload(shell)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Where Jupyter Server finds its part of the package; only there aiohttp is imported."""
    from .server.extension import DatabranchExtension

    return [{"module": "databranch.server", "app": DatabranchExtension}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """For ``jupyter labextension develop``."""
    return [{"src": "labextension", "dest": "jupyterlab-databranch"}]
