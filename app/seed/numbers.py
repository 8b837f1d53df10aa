"""Identities of a made-up history: no ticket number comes twice, however many tickets there are."""

from app.calls.identities import NumberMaker, RandomIdentities


class UnusedNumbers(RandomIdentities):
    """Of seven free digits two are soon the same: a step would be taken again, the past is not."""

    def __init__(self, ticket_number: NumberMaker) -> None:
        super().__init__(ticket_number)
        self._used: set[str] = set()

    def ticket_number(self) -> str:
        """A random ticket number with a valid check digit, which was not given before."""
        while (number := super().ticket_number()) in self._used:
            pass
        self._used.add(number)
        return number
