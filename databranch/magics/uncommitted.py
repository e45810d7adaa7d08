"""Uncommitted changes of others that somebody reads without knowing."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TypeVar

from .. import current
from ..branches import Branch
from ..errors import ApiError
from ..repository import Repository
from ..results.uncommitted import ReadsUncommitted, Uncommitted

Result = TypeVar("Result", bound=ReadsUncommitted)


def pointed_out(result: Result, *refs: str | None) -> Result:
    """A result that was read from ``refs`` of the current repository, with what it is to point out."""
    read = [ref for ref in refs if ref is not None]
    found = uncommitted_on(current.current_repository(), read, current.current_branch())
    return replace(result, uncommitted=found)


def uncommitted_on(repository: Repository, refs: list[str], own: Branch) -> tuple[Uncommitted, ...]:
    """What lies uncommitted on those of ``refs`` to which others write: all branches but the one that is worked on.

    To the default branch everybody writes, also while it is worked on.
    """
    others = [ref for ref in dict.fromkeys(refs) if ref != own.name or ref == repository.default_branch]
    return tuple(state for ref in others if (state := _state(repository, ref)) is not None and state.number > 0)


def _state(repository: Repository, ref: str) -> Uncommitted | None:
    """None for what is no branch: tags, commits and expressions hold nothing uncommitted."""
    try:
        return Uncommitted.of(repository.state(ref))
    except ApiError as error:
        if error.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
            return None
        raise
