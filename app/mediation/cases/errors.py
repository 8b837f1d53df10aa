"""What can be wrong with what was asked of a case, said for the person who asked."""


class DisputeError(Exception):
    """Something cannot be done with a case. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)


class UnknownCaseError(DisputeError):
    """No case has this number, or none that the visitor may see."""

    def __init__(self, number: str) -> None:
        super().__init__(f"没有编号为 {number} 的调解案件。", f"There is no dispute case {number}.")


class NumberTakenError(DisputeError):
    """Another case has this number already: try again with a fresh one."""

    def __init__(self) -> None:
        super().__init__("案号重复，请再试一次。", "The number is taken; try again.")
