"""Follows a transcript step by step: asks a player for each deed and judges each turn."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from app.flows.library import FlowLibrary
from app.flows.rehearsal.matching import Wanted, wanted
from app.flows.rehearsal.transcript import Scene, Step
from app.flows.rehearsal.turns import Aftermath, CannotError, Happened, Turn, Utterance
from app.flows.rehearsal.written import in_language
from app.flows.source import Path_

Script = Generator[Step | None, Turn, None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a call did not go as its transcript says.

    `path` is the place within the transcript; `expected` and `heard` are to be set side by side.
    `happened` stands there instead of `heard` for what is judged when the call is over.
    """

    path: Path_
    sentence: str
    expected: str
    heard: tuple[Utterance, ...] = ()
    happened: tuple[str, ...] = ()
    node: str = ""


class UnexpectedError(Exception):
    """A call went another way than its transcript; carries the difference."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(difference.sentence)
        self.difference = difference


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows what a scene means in the language it is played in."""

    scene: Scene
    language: str
    library: FlowLibrary

    def script(self) -> Script:
        """Yields each step whose deed is to be done, first None for the beginning of the call.

        Wants the turn that follows sent back, or the CannotError thrown in. Raises UnexpectedError.
        """
        try:
            turn = yield None
        except CannotError as error:
            raise UnexpectedError(Difference((), str(error), "the call begins")) from error
        for number, step in enumerate(self.scene.transcript.steps):
            if step.deed:
                try:
                    turn = yield step
                except CannotError as error:
                    expected = described(step, self.language)
                    raise _differs(
                        ("steps", number, step.deed), str(error), expected, turn
                    ) from error
            self._judge(("steps", number), step, turn)

    def afterwards(self, after: Aftermath) -> None:
        """Judge what there is in the end. Raises UnexpectedError."""
        expected = self.scene.transcript.afterwards
        path: Path_ = ("afterwards",)
        happened = tuple(str(one) for one in after.happened) or ("nothing",)
        for index, one in enumerate(expected.happened):
            for name in one.model_fields_set:
                fields = getattr(one, name).model_dump(exclude_unset=True)
                if not _found(after.happened, name, fields):
                    here = (*path, "happened", index, name)
                    self._after(here, "This did not happen.", str(Happened(name, fields)), happened)
        for index, name in enumerate(expected.never):
            if any(one.name == name for one in after.happened):
                here = (*path, "never", index)
                self._after(here, "This must not happen, and did.", f"no {name}", happened)
        self._rings(expected.rings, after)
        if expected.language and after.language != expected.language:
            sentence = "The call ended in another language."
            self._after((*path, "language"), sentence, expected.language, (after.language,))

    def _rings(self, names: Sequence[str], after: Aftermath) -> None:
        rung = after.rung or ("nobody",)
        for index, name in enumerate(names):
            path: Path_ = ("afterwards", "rings", index)
            if name == "nobody":
                if after.rung:
                    self._after(path, "Somebody was rung.", "nobody is rung", rung)
            elif not set(self._numbers(name)) & set(after.rung):
                expected = f"rings {name}: {', '.join(self._numbers(name))}"
                self._after(path, "This telephone was not rung.", expected, rung)

    def _numbers(self, name: str) -> Sequence[str]:
        directory = self.library.directory
        if name in ("officers", "mediators"):
            return list(getattr(directory.duty, name))
        department = directory.departments.get(name)
        return department.numbers if department else [name]

    def _after(self, path: Path_, sentence: str, expected: str, happened: tuple[str, ...]) -> None:
        raise UnexpectedError(Difference(path, sentence, expected, happened=happened))

    def _judge(self, path: Path_, step: Step, turn: Turn) -> None:
        for index, said in enumerate(step.hears):
            want = self._wanted(said, turn)
            if want and not any(want.is_in(one) for one in turn.heard):
                sentence = "This was not heard."
                raise _differs((*path, "hears", index), sentence, shown(want), turn)
        for index, said in enumerate(step.hears_not):
            want = self._wanted(said, turn)
            if want and any(want.is_in(one) for one in turn.heard):
                sentence, expected = "This must not be heard.", f"not: {shown(want)}"
                raise _differs((*path, "hears_not", index), sentence, expected, turn)
        if step.goes_to is not None and step.goes_to != turn.node:
            sentence, expected = "The call is at another node.", f"goes to {step.goes_to}"
            raise _differs((*path, "goes_to"), sentence, expected, turn)
        if step.ends is not None and step.ends != turn.ended:
            sentence = "The hotline has hung up." if turn.ended else "The hotline has not hung up."
            expected = "the call ends" if step.ends else "the call goes on"
            raise _differs((*path, "ends"), sentence, expected, turn)

    def _wanted(self, said: Mapping[str, str], turn: Turn) -> Wanted | None:
        written = in_language(said, self.language)
        return None if written is None else wanted(written, self.language, self.library, turn.known)


def _differs(path: Path_, sentence: str, expected: str, turn: Turn) -> UnexpectedError:
    return UnexpectedError(Difference(path, sentence, expected, turn.heard, (), turn.node))


def shown(want: Wanted) -> str:
    """What was expected, in words; a prompt with its key before it."""
    return f"{want.written}: {want.text}" if want.is_prompt else want.text


def described(step: Step, language: str) -> str:
    """What a step does, in words."""
    match step.deed:
        case "presses":
            return f"presses {in_language(step.presses or {}, language)}"
        case "says":
            return f"says “{in_language(step.says or {}, language)}”"
        case "stays":
            return "stays silent"
        case "records" if step.records:
            return f"records {step.records.seconds} s, ended by {step.records.ends_with}"
        case "talks":
            return f"talks for {step.talks} s"
        case "nobody":
            return "nobody answers"
        case "hangs":
            return "hangs up"
        case "others" | "hearing":
            who = "the moderator" if step.hearing else "the others"
            return f"{who} {str(step.hearing or step.others).replace('_', ' ')}"
        case "database":
            return f"the database is {step.database}"
    return "the call is answered"


def _found(happened: Sequence[Happened], name: str, fields: Mapping[str, object]) -> bool:
    """Whether an effect happened with these fields; what a player does not know is not compared."""
    return any(
        one.name == name
        and all(
            one.fields[field] == value for field, value in fields.items() if field in one.fields
        )
        for one in happened
    )
