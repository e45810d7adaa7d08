"""``%rowdiff``"""

from __future__ import annotations

from pathlib import Path

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..results.notice import Notice
from ..results.rowdiff import ColumnStatistics, RowDiff
from ..results.table import size
from .line import columns_of, friendly, parse, path_of
from .progress import CountProgress
from .uncommitted import pointed_out, uncommitted_on


@magics_class
class RowdiffMagic(Magics):
    """Rows that differ."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("-n", type=int, default=20, metavar="N", help="Show N rows, at most 1,000.")
    @argument("--by", metavar="COLUMNS", help="Columns that tell which rows are one: id,day. Shows changed cells.")
    @argument("--columns", action="store_true", help="Show statistics of the columns instead, side by side.")
    @argument("--all", action="store_true", help="With --columns: of all files, not only of those that differ.")
    @argument("--export", metavar="FILE", help="Write all rows that differ to this local Parquet file.")
    @argument("path", nargs="?", default="", metavar="PATH", help="The folder of a data set, or a file.")
    @argument("left", nargs="?", metavar="LEFT", help="A branch, tag or commit to compare with; default: the main one.")
    @argument("right", nargs="?", metavar="RIGHT", help="What is compared with it; default: the current branch.")
    def rowdiff(self, line: str) -> RowDiff | ColumnStatistics | Notice:
        """Show the rows of one data set that differ between two refs. Only files that differ are read.

        ::

            %rowdiff reviews/                       the current branch, compared with the default branch
            %rowdiff reviews/ main --by id          changed cells of rows with the same id
            %rowdiff reviews/ main test-env         test-env compared with main
            %rowdiff reviews/ main --columns        nulls, min, max, distinct values, mean of each column
            %rowdiff reviews/ main --export diff.parquet
        """
        args = parse(self.rowdiff, line)
        repository = current.current_repository()
        left = args.left or repository.default_branch
        right = args.right or current.current_branch().name
        path, keys = path_of(args.path), columns_of(args.by)
        if args.export:
            file = Path(args.export).expanduser()
            written = repository.export_rowdiff(left, right, file, path, keys)
            notice = Notice(f"Wrote the rows that differ between {left} and {right} to {file} ({size(written)}).")
            for one in uncommitted_on(repository, [left, right], current.current_branch()):
                notice.also(one.sentence(RowDiff.done), "info")
            return notice
        with CountProgress(self.shell) as progress:
            if args.columns:
                return pointed_out(repository.columns(left, right, path, args.all, progress), left, right)
            return pointed_out(repository.rowdiff(left, right, path, keys, args.n, progress), left, right)
