"""``%rowcount``"""

from __future__ import annotations

from argparse import Namespace

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..errors import ApiError
from ..results.rowlog import RowLog
from ..results.rows import RowComparison, RowCount
from .line import friendly, parse, path_of
from .progress import CountProgress
from .uncommitted import pointed_out


@magics_class
class RowcountMagic(Magics):
    """Rows."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("--left-path", metavar="PATH", help="With --right-path: compare these two, though their names differ.")
    @argument("--right-path", metavar="PATH", help="See --left-path.")
    @argument(
        "--by",
        choices=["partition", "file"],
        help="Compare only the partitions, or the files, that differ, each by itself.",
    )
    @argument("--log", action="store_true", help="Show how the number of rows came about, commit by commit.")
    @argument("-n", type=int, default=20, metavar="N", help="With --log: look at N commits.")
    @argument("path", nargs="?", default="", metavar="PATH", help="A folder or a file; '/' is the whole branch.")
    @argument("left", nargs="?", metavar="LEFT", help="A branch, tag or commit to compare with: the base.")
    @argument("right", nargs="?", metavar="RIGHT", help="What is compared with it; default: the current branch.")
    def rowcount(self, line: str) -> RowCount | RowComparison | RowLog:
        """Count the rows on the current branch, or compare the rows of two refs. Uncommitted changes count.

        ::

            %rowcount                           all data sets of the current branch
            %rowcount reviews/                  one of them
            %rowcount reviews/ main             compare it with main
            %rowcount reviews/ main test-env    compare test-env with main
            %rowcount / main                    compare everything with main
            %rowcount reviews/ main --by partition    which partitions differ, and how
            %rowcount reviews/ --log            which commit, and which files, changed the number
        """
        args = parse(self.rowcount, line)
        try:
            with CountProgress(self.shell) as progress:
                return _rows(args, progress)
        except ApiError as error:
            raise UsageError(f"{error.message}{_hint(error, args.path)}") from error


def _rows(args: Namespace, progress: CountProgress) -> RowCount | RowComparison | RowLog:
    branch = current.current_branch()
    repository = current.current_repository()
    path = path_of(args.path)
    if args.log:
        return repository.rowlog(args.left or branch.name, path, args.n, progress)
    if args.left is None and not (args.left_path or args.right_path or args.by):
        return pointed_out(repository.rowcount(branch.name, path, progress), branch.name)
    left = args.left or repository.default_branch
    right = args.right or branch.name
    compared = repository.compare(left, right, path, args.left_path, args.right_path, progress, args.by)
    return pointed_out(compared, left, right)


def _hint(error: ApiError, path: str) -> str:
    """For those who name a branch where a path is expected."""
    if error.status != 404 or not path or "/" in path:
        return ""
    return f" (The first argument is a path. To compare everything with a branch: %rowcount / {path})"
