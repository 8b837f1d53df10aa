"""What the verbs of the queue refuse."""


class QueueError(Exception):
    """A caller cannot be taken. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)


class TakenError(QueueError):
    """Somebody else has taken this caller."""

    def __init__(self) -> None:
        super().__init__("这位来电人已经有人接了。", "Somebody else has taken this caller already.")


class GoneError(QueueError):
    """This caller waits no more."""

    def __init__(self) -> None:
        super().__init__("这位来电人已经不在等候。", "This caller is not waiting any more.")


class BusyError(QueueError):
    """The telephone of whoever would take the caller rings, or talks, for another one."""

    def __init__(self) -> None:
        super().__init__("您的电话正在接别的来电。", "Your telephone is busy with another caller.")


class NoTelephoneError(QueueError):
    """Whoever would take the caller has no telephone."""

    def __init__(self) -> None:
        super().__init__(
            "您的账号没有登记电话：请先在“我的账号”里填上。",
            "Your account has no telephone: enter one under “My account” first.",
        )


class StaffBusyError(Exception):
    """A step would ring somebody who was rung for another caller meanwhile: it is taken again."""
