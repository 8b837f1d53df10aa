"""Why a hearing does not do what it is asked, in both languages."""


class HearingError(Exception):
    """Something cannot be done now. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)


class UnknownHearingError(HearingError):
    """There is no such hearing, or nothing of that number in it."""

    def __init__(self) -> None:
        super().__init__(
            "没有这场听证会或这一项。", "There is no such hearing, or no such part of it."
        )


class VoteOverError(Exception):
    """A ballot came when its vote was closed: the caller is told so, and nothing is kept."""
