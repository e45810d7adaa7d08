"""``%preview``"""

from __future__ import annotations

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..results.filerows import FileRows
from .line import columns_of, friendly, parse, path_of
from .uncommitted import pointed_out


@magics_class
class PreviewMagic(Magics):
    """Rows of files."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("--last", dest="origin", action="store_const", const="last", help="Show the last rows.")
    @argument("--random", dest="origin", action="store_const", const="random", help="Show random rows.")
    @argument("-n", type=int, default=10, metavar="ROWS", help="Show so many rows, at most 1,000; default: 10.")
    @argument("--columns", metavar="COLUMNS", help="Show these columns only: id,day")
    @argument("path", metavar="PATH", help="A data file: Parquet, Arrow, CSV or JSON.")
    @argument("ref", nargs="?", metavar="REF", help="A branch, tag or commit; default: the current branch.")
    def preview(self, line: str) -> FileRows:
        """Show a few rows of a data file as they are on a ref, without reading all of it.

        ::

            %preview reviews/part-0.parquet                    the first rows
            %preview reviews/part-0.parquet --last -n 20       the last 20
            %preview reviews/part-0.parquet --random main      random ones, as they are on main
            %preview reviews/part-0.parquet --columns id,day   of some columns
            rows = %preview reviews/part-0.parquet
            rows.to_pandas()                                   or rows.arrow()
        """
        args = parse(self.preview, line)
        ref = args.ref or current.current_branch().name
        repository = current.current_repository()
        path, columns = path_of(args.path), columns_of(args.columns)
        return pointed_out(repository.preview(ref, path, args.origin or "first", args.n, columns), ref)
