"""From the bytes of an answer to verbs, as strictly as Twilio (contract, section 2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from app.exchange.errors import DebuggerError
from app.exchange.twiml.grammar import ELEMENTS, SCHEMA_WARNING, SSML, VERBS

PARSE_FAILURE = 12100
WRONG_ROOT = 12102


@dataclass(frozen=True, slots=True)
class Node:
    """A verb or noun. Its getters give the grammar's default where an attribute is absent."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: "tuple[Node, ...]" = ()

    def has(self, name: str) -> bool:
        """Whether the attribute was written (and is valid)."""
        return name in self.attributes

    def get(self, name: str) -> str:
        """The attribute as text."""
        return self.attributes.get(name, ELEMENTS[self.name].attributes[name].default)

    def number(self, name: str) -> int:
        """The attribute as a whole number."""
        return int(self.get(name))

    def flag(self, name: str) -> bool:
        """The attribute as a truth value."""
        return self.get(name) == "true"

    def words(self, name: str) -> frozenset[str]:
        """The attribute as a set of words."""
        return frozenset(self.get(name).split())


@dataclass(frozen=True, slots=True)
class Document:
    """Verbs in order, and what Twilio would have warned about as (code, sentence)."""

    verbs: tuple[Node, ...]
    warnings: tuple[tuple[int, str], ...]


def parse(text: str, allowed: frozenset[str] = frozenset(VERBS)) -> Document:
    """Read a TwiML document whose verbs are among those allowed: of calls, if not said otherwise.

    Raises:
        DebuggerError: 12100 it is no XML, 12102 its root is not `Response`, 12200 or the verb's own
            code when it contains an unknown element or one that may not stand where it stands.
    """
    if "<!DOCTYPE" in text:
        raise DebuggerError(PARSE_FAILURE, "TwiML may not have a document type declaration.")
    try:
        # Entities need a DOCTYPE, which is refused above, and documents are at most 64 kB.
        root = ElementTree.fromstring(text)  # noqa: S314
    except (ElementTree.ParseError, ValueError) as error:
        raise DebuggerError(PARSE_FAILURE, f"The document is not XML: {error}.") from error
    if root.tag != "Response":
        raise DebuggerError(WRONG_ROOT, f"The root is <{root.tag}>; it must be <Response>.")
    reader = _Reader()
    verbs = tuple(reader.read(element, allowed, SCHEMA_WARNING) for element in root)
    return Document(verbs, tuple(reader.warnings))


class _Reader:
    """Turns elements into nodes and collects warnings on the way."""

    def __init__(self) -> None:
        self.warnings: list[tuple[int, str]] = []

    def read(
        self, element: ElementTree.Element, allowed: frozenset[str], nesting_code: int
    ) -> Node:
        name = element.tag
        if name not in allowed:
            where = f"may not stand here; {', '.join(sorted(allowed)) or 'nothing'} may"
            code = nesting_code if name in ELEMENTS else SCHEMA_WARNING
            raise DebuggerError(code, f"<{name}> {where}.")
        if name == "Say":
            self._check_ssml(element)
            return Node(name, self._attributes(element), _all_text(element))
        rule = ELEMENTS[name]
        children = tuple(self.read(child, rule.children, rule.nesting_code) for child in element)
        text = (element.text or "").strip()
        if rule.needs_text and not text:
            raise DebuggerError(SCHEMA_WARNING, f"<{name}> is empty; it needs a text.")
        return Node(name, self._attributes(element), text, children)

    def _check_ssml(self, element: ElementTree.Element) -> None:
        for inner in element.iter():
            if inner is not element and inner.tag not in SSML:
                raise DebuggerError(SCHEMA_WARNING, f"<{inner.tag}> may not stand in <Say>.")

    def _attributes(self, element: ElementTree.Element) -> dict[str, str]:
        known, good = ELEMENTS[element.tag].attributes, {}
        for name, value in element.attrib.items():
            if name not in known:
                sentence = f"<{element.tag}> has no attribute {name}; it is ignored."
                self.warnings.append((SCHEMA_WARNING, sentence))
            elif not known[name].check(value):
                sentence = f"<{element.tag} {name}={value!r}> is invalid; the default is used."
                self.warnings.append((known[name].code, sentence))
            else:
                good[name] = value
        return good


def _all_text(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())
