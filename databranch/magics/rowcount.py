"""``%rowcount``"""

from __future__ import annotations

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..results.rows import RowComparison, RowCount
from .line import friendly, parse
from .progress import CountProgress


@magics_class
class RowcountMagic(Magics):
    """Rows."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("--left-path", metavar="PATH", help="With --right-path: compare these two, though their names differ.")
    @argument("--right-path", metavar="PATH", help="See --left-path.")
    @argument("path", nargs="?", default="", metavar="PATH", help="A folder or a file; '/' is the whole branch.")
    @argument("left", nargs="?", metavar="LEFT", help="A branch, tag or commit to compare with: the base.")
    @argument("right", nargs="?", metavar="RIGHT", help="What is compared with it; default: the current branch.")
    def rowcount(self, line: str) -> RowCount | RowComparison:
        """Count the rows on the current branch, or compare the rows of two refs. Uncommitted changes count.

        ::

            %rowcount                           all data sets of the current branch
            %rowcount reviews/                  one of them
            %rowcount reviews/ main             compare it with main
            %rowcount reviews/ main test-env    compare test-env with main
            %rowcount / main                    compare everything with main
        """
        args = parse(self.rowcount, line)
        branch = current.current_branch()
        repository = current.current_repository()
        path = args.path.removeprefix("/")
        with CountProgress() as progress:
            if args.left is None and not (args.left_path or args.right_path):
                return repository.rowcount(branch.name, path, progress)
            return repository.compare(
                args.left or repository.default_branch,
                args.right or branch.name,
                path,
                args.left_path,
                args.right_path,
                progress,
            )
