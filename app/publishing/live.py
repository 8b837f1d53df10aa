"""The editions in memory: what new calls begin with, and what calls under way began with."""

from collections.abc import Sequence
from itertools import count

from app.flows.context import Articles
from app.flows.findings import Finding
from app.flows.library import FlowLibrary
from app.policies.shelf import PolicyShelf
from app.publishing.editions import Edition

MOST_IN_MEMORY = 24  # some megabytes each; others are loaded again when a call needs them


class LiveLibrary:
    """The last good edition, and others by their version. Never replaced by a bad one.

    Changed by the follower and the archive on the event loop; read from any thread.
    """

    def __init__(self, first: Edition) -> None:
        self._current = first
        self._editions = {first.version: first}
        self._used: dict[str, int] = {}
        self._ticks = count()
        self.findings: Sequence[Finding] = ()  # why the folder is not taken into force

    @property
    def current(self) -> FlowLibrary:
        """The library that new calls begin with."""
        return self._current.library

    @property
    def shelf(self) -> PolicyShelf:
        """The articles of the version that new calls begin with."""
        return self._current.shelf

    def version(self, version: str) -> FlowLibrary | None:
        """A library by its version, when it is in memory."""
        edition = self._editions.get(version)
        if edition is None:
            return None
        self._used[version] = next(self._ticks)
        return edition.library

    def articles_of(self, version: str) -> Articles:
        """The articles of a version; those in force when it is not in memory."""
        return (self.version(version) or self.current).articles

    def keep(self, edition: Edition) -> None:
        """Have an edition in memory; the longest unused one is let go when there are too many."""
        self._editions[edition.version] = edition
        self._used[edition.version] = next(self._ticks)
        if len(self._editions) > MOST_IN_MEMORY:
            others = self._editions.keys() - {self._current.version, edition.version}
            unused = min(others, key=lambda version: self._used.get(version, -1))
            self._editions.pop(unused)
            self._used.pop(unused, None)

    def put_in_force(self, edition: Edition) -> None:
        """Let new calls begin with an edition."""
        self._current = edition
        self.keep(edition)
