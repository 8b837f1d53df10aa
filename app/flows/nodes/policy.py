"""`policy`: find a policy article by key or by words, and read it, short and in full."""

import re
from typing import ClassVar

from pydantic import Field

from app.flows.context import ArticleText
from app.flows.directives import Utterance
from app.flows.effects import PolicyRead, TextArticle
from app.flows.inputs import Input, Pressed, Spoke
from app.flows.node import Go, Node, NotValid, Outcome, Wait
from app.flows.references import ArticleRef, NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.words import spoken_key

FULL_KEY, REPEAT_KEY, ANOTHER_KEY, TEXT_KEY, NEXT_KEY = "1", "2", "3", "4", "5"
CHOICES = 3
_MOBILE = re.compile(r"\+861[3-9]\d{9}")


class PolicyNode(Node):
    """Ask what the caller wants to know, find the article, and read it.

    The most asked articles go by key; anything may be said in words. After the short form, 1 reads
    the full clause, 2 repeats, 3 asks anew, 4 sends it as a text to a mobile telephone, and 5
    goes on at `next`.

    ```yaml
    ask:
      policy:
        prompt: policy.ask
        popular: [support-amount, support-who]
        next: main.menu
    ```
    """

    key: ClassVar[str] = "policy"

    prompt: PromptRef
    popular: list[ArticleRef] = Field(min_length=1, max_length=5)
    choose: PromptRef = PromptRef("policy.choose")
    option: PromptRef = PromptRef("policy.option")
    after_short: PromptRef = PromptRef("policy.after_short")
    after_full: PromptRef = PromptRef("policy.after_full")
    text_offer: PromptRef = PromptRef("policy.text_offer")
    texted: PromptRef = PromptRef("policy.texted")
    back: PromptRef = PromptRef("policy.back")
    person: PromptRef = PromptRef("policy.person")
    next: NodeRef | None = None

    def enter(self, scene: Scene) -> Outcome:
        """Offer the most asked articles and listen for words."""
        prompts = scene.prompt(self.prompt) + self._list(scene, tuple(self.popular))
        return Wait((scene.gather(prompts, speech=True),), phase="ask")

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again."""
        phase = scene.state.phase
        if phase == "choose":
            return self._offer(scene, self._choices(scene))
        if phase in ("short", "full"):
            return self._read(scene, scene.variable("article"), phase, repeated=True)
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Find, choose, or go on reading."""
        phase = scene.state.phase
        if phase == "choose":
            return self._chosen(scene, given, self._choices(scene))
        if phase in ("short", "full"):
            return self._after(scene, given, phase)
        if isinstance(given, Spoke) and not spoken_key(given.words, scene.locale):
            return self._search(scene, given.words)
        return self._chosen(scene, given, tuple(self.popular))

    def _search(self, scene: Scene, words: str) -> Outcome:
        keys = tuple(scene.context.articles.search(words, scene.state.language, CHOICES))
        if not keys:
            return NotValid()
        return self._read(scene, keys[0], "short") if len(keys) == 1 else self._offer(scene, keys)

    def _offer(self, scene: Scene, keys: tuple[str, ...]) -> Outcome:
        prompts = scene.prompt(self.choose) + self._list(scene, keys)
        return Wait(
            (scene.gather(prompts, speech=True),),
            phase="choose",
            variables={"choices": " ".join(keys)},
        )

    def _chosen(self, scene: Scene, given: Input, keys: tuple[str, ...]) -> Outcome:
        pressed = _key(scene, given)
        if pressed.isdigit() and 1 <= int(pressed) <= len(keys):
            return self._read(scene, keys[int(pressed) - 1], "short")
        if isinstance(given, Spoke) and not pressed:
            return self._search(scene, given.words)
        return NotValid()

    def _after(self, scene: Scene, given: Input, part: str) -> Outcome:
        key = _key(scene, given)
        article = scene.variable("article")
        if key == FULL_KEY and part == "short":
            return self._read(scene, article, "full")
        if key == REPEAT_KEY:
            return self._read(scene, article, part, repeated=True)
        if key == ANOTHER_KEY:
            return self.enter(scene)
        if key == TEXT_KEY and _is_mobile(scene):
            return self._text(scene, article, part)
        if key == NEXT_KEY and self.next:
            return Go(self.next)
        if isinstance(given, Spoke) and not key:
            return self._search(scene, given.words)
        return NotValid()

    def _read(self, scene: Scene, key: str, part: str, *, repeated: bool = False) -> Outcome:
        article = scene.article(key)
        told = {"title": article.title, "source": article.source}
        if part == "full":
            text = scene.prompt("policy.full_intro", told) + _foreign(scene, article)
            text += scene.read(article, article.full) + scene.prompt("policy.source", told)
        else:
            text = scene.prompt("policy.short_intro", told) + _foreign(scene, article)
            text += scene.read(article, article.short)
        effect = PolicyRead(key, "full" if part == "full" else "short", repeated)
        return Wait(
            (scene.gather(text + self._what_next(scene, part), speech=True),),
            phase=part,
            effects=(effect,),
            variables={"article": key},
        )

    def _text(self, scene: Scene, key: str, part: str) -> Outcome:
        """Send the article as a text, and ask what next."""
        prompts = scene.prompt(self.texted) + self._what_next(scene, part)
        gather = scene.gather(prompts, speech=True)
        return Wait((gather,), phase=part, effects=(TextArticle(key),))

    def _what_next(self, scene: Scene, part: str) -> tuple[Utterance, ...]:
        """What each key does, in the order of the keys."""
        text = scene.prompt(self.text_offer) if _is_mobile(scene) else ()
        back = scene.prompt(self.back) if self.next else ()
        reading = scene.prompt(self.after_full if part == "full" else self.after_short)
        return reading + text + back + scene.prompt(self.person)

    def _list(self, scene: Scene, keys: tuple[str, ...]) -> tuple[Utterance, ...]:
        """“关于…，请按 1” for each article."""
        spoken: tuple[Utterance, ...] = ()
        for number, key in enumerate(keys, start=1):
            told = {"title": scene.article(key).title, "key": str(number)}
            spoken += scene.prompt(self.option, told)
        return spoken

    def _choices(self, scene: Scene) -> tuple[str, ...]:
        return tuple(scene.variable("choices").split())


def _foreign(scene: Scene, article: ArticleText) -> tuple[Utterance, ...]:
    """A word of warning before a text that is not there in the caller's language."""
    is_foreign = article.language not in ("", scene.state.language)
    return scene.prompt("policy.untranslated") if is_foreign else ()


def _is_mobile(scene: Scene) -> bool:
    """Whether the caller's telephone can be sent a text; landlines cannot."""
    return _MOBILE.fullmatch(scene.context.caller) is not None


def _key(scene: Scene, given: Input) -> str:
    if isinstance(given, Pressed):
        return given.digits
    return spoken_key(given.words, scene.locale) if isinstance(given, Spoke) else ""
