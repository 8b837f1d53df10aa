"""`menu`: choose by one key or by words."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from app.flows.inputs import Input, Pressed, Spoke
from app.flows.node import Go, Node, NotValid, Outcome, Wait
from app.flows.references import LanguageRef, NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.words import chosen

STAFF_KEY = "#"
APPOINTMENT_KEY = "8"


class MenuOption(BaseModel):
    """One option: where it leads, and the words by which it may be chosen in each language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    go: NodeRef
    words: dict[LanguageRef, list[str]] = Field(default_factory=dict)

    def words_in(self, language: str) -> list[str]:
        """The words in a language; none where nobody wrote any."""
        return next((words for tag, words in self.words.items() if tag == language), [])


class MenuNode(Node):
    """Speak a menu and go where the caller chooses. 0, 9 and `*` need no option.

    `elsewhere` is a prompt that every other language then says in its own voice: how those who
    did not understand the menu come to their language.
    `staff` is where the key `#` leads, which no prompt offers: to the studio.
    `appointment` is where the key 8 leads, which only the text about an appointment tells: to the
    mediation that its receiver was invited to.

    ```yaml
    menu:
      menu:
        prompt: main.menu
        elsewhere: main.other_language
        options:
          1: {go: policy.ask, words: {zh-CN: [政策, 补贴], en-US: [policy]}}
          2: {go: appeal.leave}
    ```
    """

    key: ClassVar[str] = "menu"

    prompt: PromptRef
    elsewhere: PromptRef | None = None
    options: dict[str, MenuOption] = Field(min_length=1)
    staff: NodeRef | None = None
    appointment: NodeRef | None = None
    _asking: dict[str, Wait] = PrivateAttr(default_factory=dict)

    def enter(self, scene: Scene) -> Outcome:
        """Ask."""
        language = scene.state.language
        asking = self._asking.get(language)
        if asking is None:
            hints = tuple(word for words in self._words(scene).values() for word in words)
            spoken = scene.prompt(self.prompt)
            if self.elsewhere:
                spoken += scene.in_other_languages(self.elsewhere)
            gather = scene.gather(spoken, speech=bool(hints), hints=hints)
            # A menu is the same for every caller of a language: made once, spoken a thousand times.
            asking = self._asking[language] = Wait((gather,))
        return asking

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go where the key or the words lead."""
        key = ""
        if isinstance(given, Pressed):
            key = given.digits
        elif isinstance(given, Spoke):
            key = chosen(given.words, self._words(scene), scene.locale)
        if key == STAFF_KEY and self.staff is not None:
            return Go(self.staff)
        if key == APPOINTMENT_KEY and self.appointment is not None:
            return Go(self.appointment)
        option = self.options.get(key)
        return Go(option.go) if option else NotValid()

    def _words(self, scene: Scene) -> dict[str, list[str]]:
        language = scene.state.language
        return {key: option.words_in(language) for key, option in self.options.items()}
