"""Why a control is refused, in the words of both languages of the console."""


class ControlError(Exception):
    """A control cannot be carried out now. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)
