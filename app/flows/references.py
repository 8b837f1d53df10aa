"""Names in flow files that point at something: typed, so that every one of them can be checked."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema


class Reference(str):
    """A name that must exist elsewhere; the subclass says where."""

    __slots__ = ()
    kind: ClassVar[str] = ""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_after_validator_function(
            cls._read, core_schema.str_schema(min_length=1)
        )

    @classmethod
    def _read(cls, value: str, _info: ValidationInfo) -> Self:
        return cls(value)


class NodeRef(Reference):
    """A node: `menu` in the same file, or `main.menu` anywhere. Kept as the full address."""

    __slots__ = ()
    kind = "node"

    @classmethod
    def _read(cls, value: str, info: ValidationInfo) -> Self:
        flow = (info.context or {}).get("flow", "")
        return cls(value if "." in value or not flow else f"{flow}.{value}")


class PromptRef(Reference):
    """A prompt's key."""

    __slots__ = ()
    kind = "prompt"


class DepartmentRef(Reference):
    """A department of `directory.yaml`."""

    __slots__ = ()
    kind = "department"


class CategoryRef(Reference):
    """A category of `directory.yaml`."""

    __slots__ = ()
    kind = "category"


class SkillRef(Reference):
    """A skill of `directory.yaml`, or `language`: the caller's own."""

    __slots__ = ()
    kind = "skill"


class ArticleRef(Reference):
    """A policy article."""

    __slots__ = ()
    kind = "policy"


class LanguageRef(Reference):
    """A language of `directory.yaml`."""

    __slots__ = ()
    kind = "language"


Found = tuple[tuple[str | int, ...], Reference]


def references(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Found]:
    """Every reference within a model, with the path of field names that leads to it."""
    if isinstance(value, Reference):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from references(getattr(value, name), (*path, info.alias or name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from references(key, (*path, key))
            yield from references(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references(item, (*path, index))
