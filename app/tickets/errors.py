"""What can be wrong with what was asked of a ticket, said for the person who asked."""


class TicketError(Exception):
    """Something cannot be done with a ticket. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)


class SourceTakenError(TicketError):
    """This matter already has a ticket, under another number."""


class NumberTakenError(TicketError):
    """Another ticket already has this number: try again with a fresh one."""


class UnknownTicketError(TicketError):
    """No ticket has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"没有编号为 {number} 的工单。", f"There is no ticket {number}.")


class TransitionError(TicketError):
    """The ticket cannot go from its state to the one asked for; the text says why."""


class StaleError(TicketError):
    """Somebody else changed the ticket after it was shown."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"工单 {number} 刚被别人改动过：请看一眼最新情况，再做一次。",
            f"Somebody has just changed ticket {number}: look at it again, then repeat this.",
        )


class OwnershipError(TicketError):
    """Who owns the ticket does not allow it: it is taken, offered already, or not theirs."""


class RefusedError(TicketError):
    """What was given cannot be accepted: it is empty, too long, or does not fit the ticket."""
