"""How every magic reads its line and turns errors into what a user sees."""

from __future__ import annotations

import functools
from argparse import Namespace
from collections.abc import Callable
from typing import Any, TypeVar, cast

from IPython.core.error import UsageError
from IPython.utils.process import arg_split

from .. import current
from ..errors import DatabranchError
from ..repository import Repository

M = TypeVar("M", bound=Callable[..., Any])


def parse(magic: Any, line: str) -> Namespace:
    """The arguments of a magic's line.

    Split as a shell would: IPython's own ``parse_argstring`` leaves the quotes of ``-m "two words"`` in.

    :raises UsageError: when they are wrong, with the usage.
    """
    try:
        words = arg_split(line, posix=True)
    except ValueError as error:
        raise UsageError(f"{error} in: {line}") from error
    arguments: Namespace = magic.parser.parse_args(words)
    return arguments


def friendly(magic: M) -> M:
    """Shows an error of ours as one sentence, not as a traceback.

    It must be ``UsageError`` itself: IPython prints a whole traceback for a subclass.
    """

    @functools.wraps(magic)
    def called(*given: Any, **named: Any) -> Any:
        try:
            return magic(*given, **named)
        except DatabranchError as error:
            raise UsageError(str(error)) from error

    return cast(M, called)


def metadata_of(pairs: list[str] | None) -> dict[str, str]:
    """Metadata from ``--meta key=value`` arguments; a value may hold further ``=``.

    :raises UsageError: for one without ``=`` or without a key.
    """
    metadata = {}
    for pair in pairs or []:
        key, sign, value = pair.partition("=")
        if not sign or not key:
            raise UsageError(f"--meta wants KEY=VALUE, not {pair!r}.")
        metadata[key] = value
    return metadata


def path_of(path: str) -> str:
    """A path as the service has it: ``/`` is the whole branch."""
    return path.removeprefix("/")


def columns_of(names: str | None) -> list[str]:
    """Columns from ``id,day``."""
    return [name.strip() for name in (names or "").split(",") if name.strip()]


def sides_of(magic: str, words: list[str], repository: Repository) -> tuple[str, str]:
    """Source and destination from ``[SOURCE] [into DEST]``.

    :raises UsageError: when it reads differently, or both are one.
    """
    here = current.current_branch().name
    match words:
        case []:
            source, destination = here, repository.default_branch
        case ["into", destination]:
            source = here
        case [source, "into", destination]:
            pass
        case [source] if source != "into":
            destination = here
        case _:
            raise UsageError(f"Write it as: %{magic} [SOURCE] [into DEST]")
    if source == destination:
        raise UsageError(f"{source} cannot be merged into itself. Write it as: %{magic} SOURCE into DEST")
    return source, destination
