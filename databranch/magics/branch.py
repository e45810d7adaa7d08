"""``%branch``"""

from __future__ import annotations

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .. import current
from ..errors import ApiError
from ..repository import Repository
from ..results.branches import BranchList
from ..results.notice import Notice
from .line import friendly, parse

#: Branches that a listing fetches; a repository may have thousands.
LISTED_MAX = 1000


@magics_class
class BranchMagic(Magics):
    """Branches of the current repository."""

    @line_magic
    @friendly
    @magic_arguments()
    @argument("-c", "--create", action="store_true", help="Create the branch NAME from SOURCE and switch to it.")
    @argument("-d", "--delete", action="store_true", help="Delete the branch NAME with its uncommitted changes.")
    @argument("--repo", metavar="REPOSITORY", help="Switch to another repository first.")
    @argument("name", nargs="?", metavar="NAME", help="The branch to switch to, create or delete.")
    @argument("source", nargs="?", metavar="SOURCE", help="With -c: what to begin from; default: the current branch.")
    def branch(self, line: str) -> BranchList | Notice:
        """List the branches, switch to one, create one or delete one.

        ::

            %branch                      list them, the current one marked
            %branch test-env             switch to test-env
            %branch -c test-env main     create test-env from main and switch to it
            %branch -d test-env          delete it
            %branch --repo other         switch to another repository

        The variable ``branch`` always is the current one: ``f"{branch.s3a}/reviews"``.
        """
        args = parse(self.branch, line)
        if args.create and args.delete:
            raise UsageError("Either -c or -d, not both.")
        if (args.create or args.delete) and not args.name:
            raise UsageError(f"Which branch? %branch {'-c' if args.create else '-d'} NAME")
        if args.source and not args.create:
            raise UsageError(f"To create {args.name} from {args.source}: %branch -c {args.name} {args.source}")
        if args.create:
            return _create(args.name, args.source, args.repo)
        if args.delete:
            return _delete(args.name, _repository(args.repo))
        if args.name or args.repo:
            return _switch(args.name, args.repo)
        return _list(current.current_repository())


def _repository(name: str | None) -> Repository:
    return current.connect().repository(name) if name else current.current_repository()


def _list(repository: Repository) -> BranchList:
    listed = repository.branches(limit=LISTED_MAX)
    listed.current = current.current_branch().name
    return listed


def _switch(name: str | None, repository: str | None) -> Notice:
    try:
        branch = current.use(name, repository)
    except ApiError as error:
        if error.status == 404 and name and (repository is None or "repository" not in error.message.lower()):
            raise UsageError(f"{error.message.rstrip('.')}. To create it: %branch -c {name}") from error
        raise
    return Notice(f"On branch {branch.name} of {branch.repository}.")


def _create(name: str, source: str | None, repository: str | None) -> Notice:
    where = _repository(repository)
    origin = source or (where.default_branch if repository else current.current_branch().name)
    try:
        where.create_branch(name, origin)
    except ApiError as error:
        if error.status == 409:
            raise UsageError(f"{error.message.rstrip('.')}. To switch to it: %branch {name}") from error
        raise
    current.use(name, where.name)
    return Notice(f"Created branch {name} from {origin}. On branch {name} of {where.name}.")


def _delete(name: str, repository: Repository) -> Notice:
    now = current.current_branch()
    repository.delete_branch(name)
    notice = Notice(f"Deleted branch {name} of {repository.name}.")
    if (now.repository, now.name) == (repository.name, name):
        branch = current.use(repository.default_branch, repository.name)
        notice.also(f"On branch {branch.name} now.", "plain")
    return notice
