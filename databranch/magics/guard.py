"""``%guard``"""

from __future__ import annotations

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..results.preview import MergePreview
from .line import friendly, parse, sides_of
from .progress import CountProgress


@magics_class
class GuardMagic(Magics):
    """Merges before they are done."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("--strategy", choices=["source-wins", "dest-wins"], help="As for %%merge.")
    @argument("words", nargs="*", metavar="[SOURCE] [into DEST]", help="What would be merged and where to.")
    def guard(self, line: str) -> MergePreview:
        """Show what a merge would make of a branch, and what its guards have against it. Nothing moves.

        ::

            %guard                       the current branch into the default branch
            %guard into main             the current branch into main
            %guard test-env into main

        A branch's guards are in its file ``_databranch/guards.yaml``; without it, duplicates are warned of.
        """
        args = parse(self.guard, line)
        repository = current.current_repository()
        source, destination = sides_of("guard", args.words, repository)
        with CountProgress(self.shell) as progress:
            return repository.merge_preview(source, destination, args.strategy, progress)
