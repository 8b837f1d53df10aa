"""What the languages of callers are called on pages."""

from app.flows.directory import Directory
from app.web.words import all_words


def spoken_language(tag: str, directory: Directory, language: str) -> str:
    """A language of callers in the reader's words, or by its own name."""
    key, words = f"tickets.language.{tag}", all_words()
    return words.say(key, language) if words.has(key) else directory.language_name(tag)
