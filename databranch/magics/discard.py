"""``%discard``"""

from __future__ import annotations

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..results.notice import Notice
from .line import friendly, parse


@magics_class
class DiscardMagic(Magics):
    """Takes back uncommitted changes.

    Not ``%reset``, as lakeFS and git call it: in IPython that deletes all variables.
    """

    @line_magic
    @friendly
    @magic_arguments()
    @argument("--all", action="store_true", help="Discard all uncommitted changes of the branch.")
    @argument("path", nargs="?", metavar="PATH", help="One object, or with a trailing '/' all below a folder.")
    def discard(self, line: str) -> Notice:
        """Discard uncommitted changes of the current branch: `lakectl branch reset`, `git restore`.

        ::

            %discard reviews/                   everything below reviews/
            %discard reviews/part-0.parquet     one object
            %discard --all                      everything since the last commit
        """
        args = parse(self.discard, line)
        if bool(args.path) == args.all:
            raise UsageError("Discard what? %discard PATH, or %discard --all for everything since the last commit.")
        branch = current.current_branch()
        branch.discard(args.path)
        what = "all uncommitted changes" if args.all else f"uncommitted changes of {args.path}"
        return Notice(f"Discarded {what} on {branch.name}.")
