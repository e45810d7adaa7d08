"""``%config Databranch``, and the variable that follows the current branch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from traitlets import Any as AnyTrait
from traitlets import Integer, Unicode, observe
from traitlets.config import Configurable

from .. import current
from ..branches import Branch
from ..errors import DatabranchError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class Databranch(Configurable):
    """Settings of Databranch's magics. (Its name is what users write: ``%config Databranch.variable = "b"``.)"""

    variable = Unicode("branch", help="Name of the variable with the current branch; empty for none.").tag(config=True)
    log_length = Integer(10, min=1, help="Commits that %log shows unless -n says otherwise.").tag(config=True)
    diff_length = Integer(1000, min=1, help="Changes that %diff fetches unless -n says otherwise.").tag(config=True)

    shell: InteractiveShell = AnyTrait()

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._stop_listening: Callable[[], None] = current.on_change(self._show_branch)

    def begin(self) -> None:
        """Chooses the first branch, so that the variable is there in the next line of the notebook."""
        try:
            self._show_branch(current.current_branch())
        except DatabranchError as error:
            print(f"Databranch is loaded, but: {error}")

    def end(self) -> None:
        """Stops following the current branch and takes the variable away."""
        self._stop_listening()
        self._remove(self.variable)

    @observe("variable")
    def _rename(self, change: Any) -> None:
        self._remove(change["old"])
        branch = current.chosen_branch()
        if branch is not None:
            self._show_branch(branch)

    def _show_branch(self, branch: Branch) -> None:
        if not self.variable:
            return
        taken = self.shell.user_ns.get(self.variable)
        if taken is not None and not isinstance(taken, Branch):
            # The user's own variable. Overwriting it could lose an hour of work.
            print(
                f"The name {self.variable!r} is taken in this notebook: use databranch.branch, "
                'or choose another name with %config Databranch.variable = "NAME".'
            )
            return
        self.shell.push({self.variable: branch}, interactive=False)

    def _remove(self, variable: str) -> None:
        if isinstance(self.shell.user_ns.get(variable), Branch):
            self.shell.drop_by_id({variable: self.shell.user_ns[variable]})


def settings_of(shell: InteractiveShell) -> Databranch:
    """The settings that were loaded into a shell."""
    return next(found for found in shell.configurables if isinstance(found, Databranch))
