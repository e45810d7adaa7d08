"""``%log``"""

from __future__ import annotations

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..results.commits import Log
from .line import friendly, parse
from .settings import settings_of


@magics_class
class LogMagic(Magics):
    """The history."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("-n", type=int, metavar="N", help="Show N commits.")
    @argument("ref", nargs="?", metavar="REF", help="A branch, tag or commit; default: the current branch.")
    def log(self, line: str) -> Log:
        """Show the newest commits.

        ::

            %log            of the current branch
            %log -n 50 main
        """
        args = parse(self.log, line)
        branch = current.current_branch()
        limit = args.n or settings_of(self.shell).log_length
        return current.current_repository().log(args.ref or branch.name, limit)
