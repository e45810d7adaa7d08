"""``%load_ext databranch``: the magics, one file each, and the variable ``branch``."""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING

from .. import current
from ..provenance import NOTEBOOK_VARIABLE
from .branch import BranchMagic
from .commit import CommitMagic
from .completion import complete_refs
from .diff import DiffMagic
from .discard import DiscardMagic
from .duplicates import DuplicatesMagic
from .guard import GuardMagic
from .log import LogMagic
from .merge import MergeMagic
from .preview import PreviewMagic
from .rowcount import RowcountMagic
from .rowdiff import RowdiffMagic
from .sandbox import SandboxMagic, hook_into, unhook
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
    PreviewMagic,
    RowcountMagic,
    RowdiffMagic,
    SandboxMagic,
    UndoMagic,
)
#: Magics whose arguments may be refs.
TAKE_REFS = ("branch", "diff", "duplicates", "guard", "log", "merge", "preview", "rowcount", "rowdiff", "sandbox")


def load(shell: InteractiveShell) -> None:
    """Registers everything with a shell. Fails never for want of a service: it says so, and each magic tries again."""
    settings = Databranch(shell=shell, parent=shell)
    shell.configurables.append(settings)
    for magic in MAGICS:
        shell.register_magics(magic(shell))
    for name in TAKE_REFS:
        shell.set_hook("complete_command", complete_refs, str_key=f"%{name}")
    shell.set_hook("complete_command", complete_refs, str_key="%%sandbox")
    hook_into(shell)
    current.take_own_key(f"{os.environ.get(NOTEBOOK_VARIABLE, 'kernel')} (process {os.getpid()})")
    atexit.unregister(_end)
    atexit.register(_end, os.getpid())
    settings.begin()


def _end(pid: int) -> None:
    """Gives up the kernel's key with the kernel. A forked child that ends must not take its parent's away."""
    if os.getpid() == pid:
        current.forget()


def unload(shell: InteractiveShell) -> None:
    """Takes back what :func:`load` did to the shell; the connection stays for those who hold it."""
    for settings in [found for found in shell.configurables if isinstance(found, Databranch)]:
        settings.end()
        shell.configurables.remove(settings)
    unhook(shell)
    for magic in MAGICS:
        for kind, names in magic.magics.items():
            for name in names:
                shell.magics_manager.magics[kind].pop(name, None)
