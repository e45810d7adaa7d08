"""Branch names complete in the magics that take them."""

from __future__ import annotations

from typing import Any

from .. import current
from ..errors import DatabranchError

#: More names than anybody would read through.
OFFERED_MAX = 200


def complete_refs(shell: Any, event: Any) -> list[str]:
    """IPython's hook ``complete_command``: the branches that begin with what was typed.

    Completion must neither print nor fail, and must not start anything: without a current branch it offers
    nothing.
    """
    typed = event.symbol
    branch = current.chosen_branch()
    if branch is None or typed.startswith("-"):
        return []
    try:
        return list(branch._repository.branches(prefix=typed, limit=OFFERED_MAX))
    except DatabranchError:
        return []
