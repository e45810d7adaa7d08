"""``%load_ext databranch``: the magics, one file each, and the variable ``branch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .branch import BranchMagic
from .commit import CommitMagic
from .completion import complete_refs
from .diff import DiffMagic
from .discard import DiscardMagic
from .duplicates import DuplicatesMagic
from .guard import GuardMagic
from .log import LogMagic
from .merge import MergeMagic
from .rowcount import RowcountMagic
from .rowdiff import RowdiffMagic
from .settings import Databranch
from .undo import UndoMagic

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MAGICS = (
    BranchMagic,
    CommitMagic,
    DiffMagic,
    DiscardMagic,
    DuplicatesMagic,
    GuardMagic,
    LogMagic,
    MergeMagic,
    RowcountMagic,
    RowdiffMagic,
    UndoMagic,
)
#: Magics whose arguments may be refs.
TAKE_REFS = ("branch", "diff", "duplicates", "guard", "log", "merge", "rowcount", "rowdiff")


def load(shell: InteractiveShell) -> None:
    """Registers everything with a shell. Fails never for want of a service: it says so, and each magic tries again."""
    settings = Databranch(shell=shell, parent=shell)
    shell.configurables.append(settings)
    for magic in MAGICS:
        shell.register_magics(magic(shell))
    for name in TAKE_REFS:
        shell.set_hook("complete_command", complete_refs, str_key=f"%{name}")
    settings.begin()


def unload(shell: InteractiveShell) -> None:
    """Takes back what :func:`load` did to the shell; the connection stays for those who hold it."""
    for settings in [found for found in shell.configurables if isinstance(found, Databranch)]:
        settings.end()
        shell.configurables.remove(settings)
    names = [name for magic in MAGICS for name in magic.magics["line"]]
    for name in names:
        shell.magics_manager.magics["line"].pop(name, None)
