"""``%diff``"""

from __future__ import annotations

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..results.changes import Changes
from .line import friendly, parse
from .settings import settings_of


@magics_class
class DiffMagic(Magics):
    """Differences by object; for rows there is ``%rowcount``."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("-n", type=int, metavar="N", help="Fetch at most N changes.")
    @argument("--path", default="", help="Only below this path.")
    @argument("--two-way", action="store_true", help="All that tells the two apart, not only what RIGHT did.")
    @argument("left", nargs="?", metavar="LEFT", help="A branch, tag or commit to compare with.")
    @argument("right", nargs="?", metavar="RIGHT", help="What is compared; default: the current branch.")
    def diff(self, line: str) -> Changes:
        """Show which objects differ.

        ::

            %diff                     what was written to the current branch since its last commit
            %diff main                what the current branch did since it left main
            %diff main test-env       what test-env did since it left main
            %diff --path reviews/     only below reviews/
        """
        args = parse(self.diff, line)
        limit = args.n or settings_of(self.shell).diff_length
        branch = current.current_branch()
        if args.left is None:
            return branch.changes(args.path, limit)
        repository = current.current_repository()
        return repository.diff(args.left, args.right or branch.name, args.path, limit, args.two_way)
