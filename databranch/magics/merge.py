"""``%merge``"""

from __future__ import annotations

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..errors import ApiError, MergeConflict
from ..provenance import provenance
from ..repository import Repository
from ..results.notice import Notice
from ..results.preview import guard_sentences
from ..results.table import Tone
from .line import friendly, metadata_of, parse, sides_of
from .progress import CountProgress

#: Conflicting paths that are named; more do not help to decide.
CONFLICTS_SHOWN = 20


@magics_class
class MergeMagic(Magics):
    """Merges."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("-m", "--message", help="Message of the merge commit.")
    @argument("--meta", action="append", metavar="KEY=VALUE", help="Metadata; may be given several times.")
    @argument("--strategy", choices=["source-wins", "dest-wins"], help="Whose side to take where both changed a path.")
    @argument("--squash", action="store_true", help="One commit of it all, without the source's history.")
    @argument("--force", action="store_true", help="Although the guards refuse it; the commit will say so.")
    @argument("words", nargs="*", metavar="[SOURCE] [into DEST]", help="What to merge and where to.")
    def merge(self, line: str) -> Notice:
        """Merge the commits of one branch into another.

        ::

            %merge                       the current branch into the default branch
            %merge into main             the current branch into main
            %merge test-env              test-env into the current branch
            %merge test-env into main

        A path that both sides changed is a conflict: nothing is merged then, and the paths are named. Nor is anything
        that the guards of the destination refuse; %guard shows what they say.
        """
        args = parse(self.merge, line)
        repository = current.current_repository()
        source, destination = sides_of("merge", args.words, repository)
        metadata = {**provenance(self.shell), **metadata_of(args.meta)}
        warnings = self._warnings(repository, source, destination, args.strategy)
        try:
            made = repository.merge(source, destination, args.message, metadata, args.strategy, args.squash, args.force)
        except MergeConflict as conflict:
            again = f"%merge {source} into {destination}"
            raise UsageError(conflict_sentence(conflict, source, destination, again)) from conflict
        except ApiError as error:
            refused = " To merge all the same: --force" if error.status == 412 else ""
            raise UsageError(f"{error.message}{refused}{_hint(repository, source)}") from error
        notice = Notice(f"Merged {source} into {destination}: commit {made.short_id}.")
        for sentence, tone in warnings:
            notice.also(sentence, tone)
        if warnings:
            notice.also("To take the merge back: %undo", "mute")
        left_out = _hint(repository, source)
        return notice.also(left_out.strip(), "warn") if left_out else notice

    def _warnings(
        self, repository: Repository, source: str, destination: str, strategy: str | None
    ) -> list[tuple[str, Tone]]:
        """What the guards say about the merge; nothing where they cannot be asked: the merge itself asks again."""
        try:
            with CountProgress(self.shell) as progress:
                return guard_sentences(repository.merge_preview(source, destination, strategy, progress).findings)
        except ApiError:
            return []


def conflict_sentence(conflict: MergeConflict, source: str, destination: str, again: str) -> str:
    """What both sides changed, and what to do; ``again`` is the magic that was asked for."""
    shown = conflict.paths[:CONFLICTS_SHOWN]
    left_out = len(conflict.paths) - len(shown)
    rest = [f"  … and {left_out:,}{'+' if conflict.more else ''} more"] if left_out else []
    return "\n".join(
        [
            f"Nothing was merged: {source} and {destination} both changed",
            *(f"  {path}" for path in shown),
            *rest,
            f"To take one side's: {again} --strategy source-wins (or dest-wins)",
        ]
    )


def _hint(repository: Repository, source: str) -> str:
    """Uncommitted changes are not merged: whoever forgot to commit should be told, not surprised."""
    try:
        waiting = repository.changes(source, limit=1)
    except ApiError:
        return ""  # A tag or a commit.
    return f" Uncommitted changes on {source} are not part of a merge: %commit them first." if waiting else ""
