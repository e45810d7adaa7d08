"""``%%sandbox`` and ``%sandbox``"""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.inputtransformer2 import cell_magic
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from .. import current, sandboxes
from ..errors import DatabranchError, MergeConflict
from ..provenance import provenance
from ..results.notice import Notice
from .line import friendly, parse
from .merge import conflict_sentence
from .progress import CountProgress

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..results.sandbox import SandboxCard

_FIRST_LINE = re.compile(r"%%sandbox(?![\w?])")


def run_in_sandbox(lines: list[str]) -> list[str]:
    """IPython's hook ``input_transformers_cleanup``: ``%%sandbox`` becomes a line that begins the sandbox.

    So the cell stays one cell: its errors are reported once and with the right line numbers, ``await`` works, and
    its last value is its result. A body that ran in a shell of its own would have none of that.
    """
    if not lines or not _FIRST_LINE.match(lines[0]):
        return lines
    # Another cell magic below it goes on working; IPython looks for one in the first line only.
    return [_FIRST_LINE.sub("%sandbox run", lines[0]), *cell_magic(lines[1:])]


@magics_class
class SandboxMagic(Magics):
    """Cells on throw-away branches."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._run: sandboxes.SandboxRun | None = None
        self._last: SandboxCard | None = None

    @line_cell_magic
    @friendly
    @magic_arguments()
    @argument("--from", dest="source", metavar="REF", help="What to begin from; default: the current branch.")
    @argument("--sandbox", metavar="NAME", help="Another sandbox than the last one of this notebook.")
    @argument("-m", "--message", help="With keep and merge: message of the commit.")
    @argument("--strategy", choices=["source-wins", "dest-wins"], help="With merge: see %%merge.")
    @argument("words", nargs="*", metavar="VERB", help="keep NAME, merge [into DEST], discard; see above.")
    def sandbox(self, line: str, cell: str | None = None) -> Notice | SandboxCard | None:
        """Run a cell on a throw-away branch, and then keep, merge or discard what it did.

        ::

            %%sandbox                    as the first line: the cell runs on a sandbox
            %%sandbox --from main        made from main
            %sandbox keep cleaned        make the branch 'cleaned' of it
            %sandbox merge               into the branch that it was made from
            %sandbox merge into main
            %sandbox discard
            %sandbox                     show the last card again

        While the cell runs, `branch` is the sandbox, and a write to any other branch is refused, also one of a Spark
        session that was there before. The card below the cell says what changed and what was refused. Sandboxes are
        hidden, and removed after seven days.
        """
        if cell is not None:
            raise UsageError("%%sandbox must be the first line of its cell.")
        args = parse(self.sandbox, line)
        if args.source and args.words != ["run"]:
            raise UsageError("--from belongs to a cell: %%sandbox --from REF as its first line.")
        match args.words:
            case ["run"]:
                self._begin(args.source)
                return None
            case ["keep", name]:
                return self._keep(name, args)
            case ["merge"]:
                return self._merge(None, args)
            case ["merge", "into", destination]:
                return self._merge(destination, args)
            case ["discard"]:
                return self._discard(args)
            case []:
                return self._card()
            case _:
                raise UsageError("Write it as: %sandbox keep NAME, %sandbox merge [into DEST], or %sandbox discard")

    def _begin(self, source: str | None) -> None:
        if self._run is not None:
            raise UsageError("A sandbox runs already: a cell has one.")
        self._run = sandboxes.begin(source)
        # Not post_run_cell: that one does not come after a silent request, and the key would stay restricted.
        self.shell.events.register("post_execute", self._end)

    def _end(self) -> None:
        """After the cell, however it ended."""
        run = self._run
        if run is None:
            return
        try:
            run.leave()
        except DatabranchError as error:
            # Tried again after the next cell; until then the service goes on refusing.
            print(f"The sandbox of this cell could not be left; other branches stay closed: {error}", file=sys.stderr)
            return
        self._run = None
        self.shell.events.unregister("post_execute", self._end)
        try:
            with CountProgress(self.shell) as progress:
                failed = not self.shell.last_execution_succeeded
                self._last = run.card(failed, provenance(self.shell), progress)
            display(self._last)
        except DatabranchError as error:
            name = run.sandbox.branch.name
            print(f"What the cell did lies on {name}, but could not be looked at: {error}", file=sys.stderr)

    def _keep(self, name: str, args: Namespace) -> Notice:
        sandbox = self._name(args)
        kept = current.current_repository().keep_sandbox(sandbox, name, args.message, self._made_from(sandbox))
        self._forget(sandbox)
        return Notice(f"Kept {sandbox} as branch {kept.name}.").also(f"To work on it: %branch {kept.name}")

    def _merge(self, into: str | None, args: Namespace) -> Notice:
        sandbox = self._name(args)
        repository = current.current_repository()
        last = self._last
        destination = into or (last.into if last and last.branch == sandbox else repository.default_branch)
        try:
            made = repository.merge_sandbox(sandbox, destination, args.message, self._made_from(sandbox), args.strategy)
        except MergeConflict as conflict:
            again = f"%sandbox merge into {destination} --sandbox {sandbox}"
            raise UsageError(conflict_sentence(conflict, sandbox, destination, again)) from conflict
        self._forget(sandbox)
        return Notice(f"Merged {sandbox} into {destination}: commit {made.short_id}.")

    def _discard(self, args: Namespace) -> Notice:
        sandbox = self._name(args)
        current.current_repository().discard_sandbox(sandbox)
        self._forget(sandbox)
        return Notice(f"Discarded {sandbox}.")

    def _card(self) -> SandboxCard:
        if self._last is None:
            raise UsageError("No cell of this notebook has run in a sandbox yet: begin one with %%sandbox.")
        return self._last

    def _name(self, args: Namespace) -> str:
        if args.sandbox:
            return str(args.sandbox)
        last = self._card()
        if not last.kept:
            raise UsageError(f"Nothing is left of {last.branch}: the cell wrote nothing, or it was taken care of.")
        return last.branch

    def _made_from(self, sandbox: str) -> dict[str, str]:
        """The cell that did the work, not the one that keeps it."""
        last = self._last
        return last.made_from if last and last.branch == sandbox else provenance(self.shell)

    def _forget(self, sandbox: str) -> None:
        if self._last and self._last.branch == sandbox:
            self._last = None


def hook_into(shell: Any) -> None:
    """Makes ``%%sandbox`` known to the shell."""
    if run_in_sandbox not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(run_in_sandbox)


def unhook(shell: Any) -> None:
    """Takes back :func:`hook_into`."""
    if run_in_sandbox in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(run_in_sandbox)
