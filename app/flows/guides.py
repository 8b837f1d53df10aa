"""Ways for newcomers, step by step: each step can be done as it stands, and a test does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECK = ".venv/bin/hotline flows check ivr_flows"
TEST = ".venv/bin/hotline flows test ivr_flows"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file of `ivr_flows/`.

    `text` comes below the line `below`, instead of the line `instead_of`, at the end of the file
    when both are empty and it exists, and is the whole file when it does not.
    """

    file: str
    text: str
    below: str = ""
    instead_of: str = ""

    def apply(self, folder: Path) -> None:
        """Do it. Raises ValueError when the line it names does not stand there exactly once."""
        path = folder / self.file
        if not (self.below or self.instead_of):
            before = path.read_text() if path.exists() else ""
            path.write_text(f"{before}{self.text}\n")
            return
        place = self.below or self.instead_of
        lines = path.read_text().split("\n")
        if lines.count(place) != 1:
            raise ValueError(f"{self.file} must have the line `{place}` once")
        index = lines.index(place)
        lines[index : index + 1] = [place, self.text] if self.below else [self.text]
        path.write_text("\n".join(lines))

    def __str__(self) -> str:
        where = f"In `ivr_flows/{self.file}`"
        if self.below:
            where += f", below the line\n\n```yaml\n{self.below}\n```\n\nadd"
        elif self.instead_of:
            where += f", instead of the line\n\n```yaml\n{self.instead_of}\n```\n\nwrite"
        else:
            where += " write, at its end (it is made when it is not there)"
        return f"{where}\n\n```yaml\n{self.text}\n```"


@dataclass(frozen=True, slots=True)
class Run:
    """A command to be run in the folder of the project, and what it shows."""

    command: str
    shows: str

    def __str__(self) -> str:
        return f"{self.shows}\n\n```\n{self.command}\n```"


@dataclass(frozen=True, slots=True)
class Guide:
    """One way, from a wish to its proof."""

    title: str
    lead: str
    steps: Sequence[Edit | Run]

    def __str__(self) -> str:
        steps = "\n\n".join(f"{number}. {step}" for number, step in enumerate(self.steps, start=1))
        return f"### {self.title}\n{self.lead}\n\n{steps}\n"


MENU_OPTION = Guide(
    "Add a menu option",
    "Callers shall hear where the office is. The main menu has the five options it may have: the "
    "new one goes where hours and languages are chosen. Number and words are up to you.",
    (
        Edit(
            "main.yaml",
            "        6: {go: address, words: {zh-CN: [地址, 怎么走], en-US: [address]}}",
            below="      options:  # hours first, then the languages",
        ),
        Edit("main.yaml", "\n  address:\n    say: {prompt: main.address, next: menu}"),
        Edit(
            "prompts/zh-CN.yaml",
            "main.more: 办公时间和放假安排，请按 8。参加电话听证会，请按 7。办公地址，请按 6。\n"
            "main.address: 办公室的地址，请向村委会询问。",
            instead_of="main.more: 办公时间和放假安排，请按 8。参加电话听证会，请按 7。",
        ),
        Edit(
            "prompts/en-US.yaml",
            "main.more: For office hours and holidays, press 8. To join a telephone hearing, "
            "press 7. For the address, press 6.\n"
            "main.address: Please ask your village committee for the address of the office.",
            instead_of="main.more: For office hours and holidays, press 8. "
            "To join a telephone hearing, press 7.",
        ),
        Run(
            CHECK, "Check it. A language that lacks the new prompt is named: it hears the default."
        ),
        Run(".venv/bin/hotline flows show main", "See it in place."),
        Run(
            '.venv/bin/hotline call --keys "5,6"',
            "Hear it, while `make demo` runs: the change is in force within seconds.",
        ),
    ),
)

CATEGORY = Guide(
    "Add a category with its department",
    "Appeals about roads shall go to a transport bureau of their own, and be offered to callers. "
    "At most five categories are offered at one place.",
    (
        Edit(
            "directory.yaml",
            "  transport:\n"
            "    names: {zh-CN: 交通运输局, en-US: Transport Bureau}\n"
            '    numbers: ["+867451000311"]',
            below="departments:",
        ),
        Edit(
            "directory.yaml",
            "  roads:\n"
            "    names: {zh-CN: 道路和桥梁, en-US: roads and bridges}\n"
            "    department: transport",
            below="categories:",
        ),
        Edit(
            "appeal.yaml",
            "      categories: [support, housing, land, roads, other]",
            instead_of="      categories: [support, housing, land, utilities, other]",
        ),
        Edit(
            "tests/appeals.yaml",
            "      - says: {zh-CN: 道路和桥梁, en-US: roads and bridges, yue-HK: 道路和桥梁}",
            instead_of="      - says: "
            '{zh-CN: 水电路, en-US: "roads, water and power", yue-HK: 水電同道路}',
        ),
        Edit(
            "tests/appeals.yaml",
            "        - open_ticket: {category: roads}",
            instead_of="        - open_ticket: {category: utilities}",
        ),
        Run(
            CHECK,
            "Check it. A missing name is named: callers hear that of the default language.",
        ),
        Run(
            TEST,
            "Play the transcripts. Without the changes of `tests/appeals.yaml` a call would ask "
            "for what is not offered any more, and the service would refuse the change.",
        ),
        Run(
            '.venv/bin/hotline call --keys "2,4,#"',
            "Leave an appeal about it, while `make demo` runs; the new bureau has its ticket.",
        ),
    ),
)

LANGUAGE = Guide(
    "Add a language",
    "One line in `directory.yaml`, and one file. Everything that is not translated yet is heard in "
    "the default language, and the check says what is missing; so begin small. `say`, `voice` and "
    "`gather` are Twilio's names for speaking, the voice and recognition.",
    (
        Edit(
            "directory.yaml",
            "  vi-VN: {say: vi-VN, voice: Google.vi-VN-Wavenet-A, gather: vi-VN}",
            below="  yue-HK: {say: yue-HK, voice: Polly.Hiujin-Neural, gather: yue-Hant-HK}",
        ),
        Edit(
            "prompts/vi-VN.yaml",
            "language:\n"
            "  name: Tiếng Việt\n"
            "  words: [tiếng việt, 越南语]\n"
            "  keys: {1: [một], 2: [hai], 3: [ba], 4: [bốn], 5: [năm], 0: [không]}\n"
            '  before_key: ["bấm phím ", "bấm "]\n'
            "  emergency: [cứu tôi, cháy nhà]\n"
            "\n"
            "main.other_language: Tiếng Việt, bấm phím 5.\n"
            'language.option: "{language}, bấm phím {key}."\n'
            "main.greeting: Xin chào, đây là đường dây nóng của người di cư hồ chứa.",
        ),
        Run(CHECK, "Check it: each warning is a prompt or a name that can still be translated."),
        Run(
            '.venv/bin/hotline call --keys "5,4"',
            "Choose it, while `make demo` runs. New languages come last, so no key changes. The "
            "caller's next call begins in it.",
        ),
    ),
)

GUIDES = (MENU_OPTION, CATEGORY, LANGUAGE)


def guides() -> str:
    """The chapter of the reference."""
    lead = "Each way can be followed as it is written; then replace names and words by your own."
    return f"## Ways for newcomers\n{lead}\n\n" + "\n".join(str(guide) for guide in GUIDES)
