"""``%undo``"""

from __future__ import annotations

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..results.notice import Notice
from ..results.operations import OperationLog
from .line import friendly, parse
from .settings import settings_of

#: How many operations to look through for one that can be undone.
LOOKED_THROUGH_MAX = 100


@magics_class
class UndoMagic(Magics):
    """Taking back what was done to a branch."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("--list", action="store_true", help="Show what was done instead of undoing it.")
    @argument("--branch", metavar="NAME", help="Another branch than the current one, e.g. one that was deleted.")
    @argument("operation", nargs="?", metavar="OPERATION", help="An operation's id; default: the newest one.")
    def undo(self, line: str) -> Notice | OperationLog:
        """Take back a commit, merge, discard or deletion, uncommitted changes included.

        ::

            %undo                       the last thing that was done to the current branch
            %undo --list                what was done to it
            %undo --branch old          bring back a deleted branch
        """
        args = parse(self.undo, line)
        repository = current.current_repository()
        name = args.branch or current.current_branch().name
        if args.list:
            return repository.operations(name, settings_of(self.shell).log_length)
        if args.operation:
            undone = repository.undo(args.operation)
            return Notice(f"Undone on {undone.branch}: operation {args.operation}.")
        done = repository.operations(name, LOOKED_THROUGH_MAX)
        newest = next((operation for operation in done if operation.can_be_undone), None)
        if newest is None:
            raise UsageError(f"Nothing was done to {name} that could be undone.")
        repository.undo(newest.id)
        return Notice(f"Undone on {name}: {newest.verb} by {newest.actor}.")
