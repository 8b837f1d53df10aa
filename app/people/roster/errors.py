"""What can be wrong with what was asked of the roster, said for the person who asked."""


class RosterError(Exception):
    """Something cannot be done with the roster. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)
