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
        right = args.right or branch.name
        found = current.current_repository().diff(args.left, right, args.path, limit, args.two_way)
        if right == branch.name and branch.changes(args.path, limit=1):
            found.notes.append(f"Uncommitted changes on {right} are not part of this: %diff without a ref shows them.")
        return found
