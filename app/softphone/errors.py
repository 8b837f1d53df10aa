"""What the telephone in the browser refuses, in both languages."""


class SoftphoneError(Exception):
    """Something cannot be done. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)


class NotHereError(SoftphoneError):
    """Whoever wants to talk has no telephone open."""

    def __init__(self) -> None:
        super().__init__(
            "您的电话没有打开：请先打开“我的电话”。",
            "Your telephone is not open: open “My telephone” first.",
        )


class EngagedError(SoftphoneError):
    """Whoever wants to talk is talking."""

    def __init__(self) -> None:
        super().__init__("您正在通话：请先结束这一通。", "You are in a call: end that one first.")


class NoTalkError(SoftphoneError):
    """There is no talk in which that could be done."""

    def __init__(self) -> None:
        super().__init__("这通电话已经结束。", "This call is over.")


class NotAnsweredError(SoftphoneError):
    """A citizen whom one of ours dials has not answered yet."""

    def __init__(self) -> None:
        super().__init__("对方还没有接。", "They have not answered yet.")


class NobodyError(SoftphoneError):
    """Nobody can be asked for a transfer."""

    def __init__(self) -> None:
        super().__init__(
            "那边现在没有人能接：请另选，或者记下来以后联系。",
            "Nobody there can be reached now: choose another, or write it down for later.",
        )


class NotAllowedError(SoftphoneError):
    """The outbound gateway refuses the number; the sentence is the gateway's own."""
