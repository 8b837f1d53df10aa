"""`language`: choose the language of the call, by key or by word."""

from typing import ClassVar

from pydantic import Field

from app.flows.directives import Utterance
from app.flows.effects import ChooseLanguage
from app.flows.inputs import Input, Pressed, Spoke
from app.flows.node import Go, Node, NotValid, Outcome, Wait
from app.flows.nodes.menu import MenuOption
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.words import chosen


class LanguageNode(Node):
    """Offer every language by its own name, in its own voice, and go on in the one that is chosen.

    The default language is key 1, the others follow in the order of `directory.yaml`, so that keys
    stay as they are when a language is added. The choice is remembered: the caller's next call
    begins in it. `prompt` is spoken first, in the language of the call; `options` are other things
    to choose here, as in a `menu`, by keys that no language takes.

    ```yaml
    languages:
      language:
        prompt: main.more
        options:
          8: {go: hours.tell, words: {zh-CN: [上班, 放假], en-US: [opening hours]}}
        next: main.greeting
    ```
    """

    key: ClassVar[str] = "language"

    prompt: PromptRef | None = None
    options: dict[str, MenuOption] = Field(default_factory=dict)
    option: PromptRef = PromptRef("language.option")
    next: NodeRef

    def enter(self, scene: Scene) -> Outcome:
        """Offer the languages."""
        spoken = scene.prompt(self.prompt) if self.prompt else ()
        for key, tag in keys_of_languages(scene).items():
            spoken += self._offer(scene, tag, key)
        words = self._words(scene)
        hints = tuple(dict.fromkeys(word for said in words.values() for word in said))
        return Wait((scene.gather(spoken, speech=bool(hints), hints=hints),))

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go on in the language chosen, or where another option leads."""
        key = ""
        if isinstance(given, Pressed):
            key = given.digits
        elif isinstance(given, Spoke):
            key = chosen(given.words, self._words(scene), scene.locale)
        if key in self.options:
            return Go(self.options[key].go)
        tag = keys_of_languages(scene).get(key)
        if tag is None:
            return NotValid()
        return Go(self.next, language=tag, effects=(ChooseLanguage(tag),))

    def _offer(self, scene: Scene, tag: str, key: str) -> tuple[Utterance, ...]:
        """“For English, press 2”, in the English voice; name and key without such a prompt."""
        name = scene.library.directory.language_name(tag)
        told = {"language": name, "key": key}
        text, spoken_in = scene.library.prompts.text(self.option, tag, told)
        if spoken_in != tag:
            text = f"{name}: {key}"
        return (Utterance(text, scene.library.language(tag)),)

    def _words(self, scene: Scene) -> dict[str, list[str]]:
        """What may be said for each key: a language by its words in any language."""
        languages = {
            key: [scene.library.directory.language_name(tag), *scene.library.locale(tag).words]
            for key, tag in keys_of_languages(scene).items()
        }
        here = scene.state.language
        return languages | {key: option.words_in(here) for key, option in self.options.items()}


def keys_of_languages(scene: Scene) -> dict[str, str]:
    """The language of each key: the default one first, then in the order of the directory."""
    default = scene.library.default_language
    tags = [default, *(tag for tag in scene.library.directory.languages if tag != default)]
    return {str(key): tag for key, tag in enumerate(tags, start=1)}
