"""``%duplicates``"""

from __future__ import annotations

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..results.duplicates import Duplicates
from .line import columns_of, friendly, parse, path_of
from .progress import CountProgress
from .uncommitted import pointed_out


@magics_class
class DuplicatesMagic(Magics):
    """Rows that are there more than once."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("-n", type=int, default=5, metavar="N", help="Show N examples of each data set.")
    @argument("--by", metavar="COLUMNS", help="Rows are the same where these columns are: id,day")
    @argument("--ref", metavar="REF", help="A branch, tag or commit to look at; default: the current branch.")
    @argument("path", nargs="?", default="", metavar="PATH", help="A folder or a file; '/' is the whole branch.")
    @argument("base", nargs="?", metavar="BASE", help="A branch, tag or commit: which duplicates are new since then?")
    def duplicates(self, line: str) -> Duplicates:
        """Count the rows that are copies of others, exactly: every row is compared. Uncommitted changes count.

        ::

            %duplicates                        in all data sets of the current branch
            %duplicates reviews/               in one of them
            %duplicates reviews/ main          and how many of them are new since main
            %duplicates reviews/ --by id       rows with the same id
            %duplicates / main --ref test-env  in everything on test-env, compared with main
        """
        args = parse(self.duplicates, line)
        ref = args.ref or current.current_branch().name
        with CountProgress(self.shell) as progress:
            found = current.current_repository().duplicates(
                ref, path_of(args.path), args.base, columns_of(args.by), args.n, progress
            )
        return pointed_out(found, ref, args.base)
