"""What each worker keeps up to date: the numbers of prompts, and the files that are played."""

from collections.abc import Callable

from app.database import Database
from app.flows.library import FlowLibrary
from app.prompt_audio.queries import numbers_of
from app.prompt_audio.service import number_prompts
from app.prompt_audio.shelf import AudioShelf


class PromptWatch:
    """Keeps the numbers and the shelf of one worker up to date. `look` runs in a thread."""

    def __init__(
        self, database: Database, library: Callable[[], FlowLibrary], shelf: AudioShelf
    ) -> None:
        self._database = database
        self._library = library
        self._shelf = shelf
        self._numbered = ""  # the version of the flows whose prompts all have numbers

    def is_behind(self) -> bool:
        """Whether there is something to do although nothing was changed in the database."""
        version = self._library().version
        return version != self._numbered or not self._shelf.is_complete(version)

    def look(self) -> None:
        """Look once. Raises SQLAlchemyError while the database is away."""
        library = self._library()
        if library.version != self._numbered and self._all_numbered(library):
            self._numbered = library.version
        self._shelf.refresh(self._database, library)

    def _all_numbered(self, library: FlowLibrary) -> bool:
        prompts = library.prompts.by_language[library.default_language]
        with self._database.reading() as connection:
            if prompts.keys() <= numbers_of(connection).keys():
                return True
        with self._database.writing() as connection:
            return number_prompts(connection, prompts)
