"""``%commit``"""

from __future__ import annotations

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..provenance import provenance
from ..results.notice import Notice
from .line import friendly, metadata_of, parse


@magics_class
class CommitMagic(Magics):
    """Commits on the current branch."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("-m", "--message", required=True, help="What was done, for those who read the log.")
    @argument("--meta", action="append", metavar="KEY=VALUE", help="Metadata; may be given several times.")
    @argument("--allow-empty", action="store_true", help="Commit although nothing was changed.")
    def commit(self, line: str) -> Notice:
        """Commit the uncommitted changes of the current branch.

        ::

            %commit -m "Reviews, cleaned"
            %commit -m "Nightly load" --meta source=warehouse --meta run=42

        Metadata tells the notebook and the cell, too, where the front end does.
        """
        args = parse(self.commit, line)
        branch = current.current_branch()
        metadata = {**provenance(self.shell), **metadata_of(args.meta)}
        made = branch.commit(args.message, metadata, args.allow_empty)
        return Notice(f"Committed {made.short_id} to {branch.name}: {made.message}")
