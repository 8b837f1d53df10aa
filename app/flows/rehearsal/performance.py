"""One call on its way through its script, whoever plays it."""

from dataclasses import dataclass

from app.flows.rehearsal.judging import Difference, Judge, UnexpectedError, described
from app.flows.rehearsal.transcript import Step
from app.flows.rehearsal.turns import Aftermath, CannotError, Turn


@dataclass(frozen=True, slots=True)
class Failure:
    """A difference, with what was done last and the turn before it."""

    difference: Difference
    did: str
    before: Turn | None


class Performance:
    """Tells a player what to do next, and remembers the last turn for the report.

    Its methods raise UnexpectedError at the first difference.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._script = judge.script()
        self._before: Turn | None = None
        self._did = "the call is answered"
        next(self._script)

    def hears(self, turn: Turn) -> Step | None:
        """Judge a turn; the step whose deed is to be done next, None at the end."""
        try:
            step = self._script.send(turn)
        except StopIteration:
            return None
        if step is not None:
            self._before, self._did = turn, described(step, self._judge.language)
        return step

    def cannot(self, error: CannotError) -> None:
        """The player could not do what it was told."""
        self._script.throw(error)

    def is_over(self, after: Aftermath) -> None:
        """Judge what there is in the end."""
        self._judge.afterwards(after)

    def failure(self, error: UnexpectedError) -> Failure:
        """What to report of a difference."""
        return Failure(error.difference, self._did, self._before)
