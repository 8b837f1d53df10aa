"""Numbers for a poisoned list: ordinary mobiles among those that a fraud earns by."""

from random import Random

# Premium and shared-cost, satellite, short codes and services, other countries, and no numbers.
_POISON = (
    "+86168{5}", "+8616{9}", "+86400{7}", "+86900{7}", "+86745961{2}", "+8674595{3}",
    "+861349{7}", "+8617402{6}", "+8816{8}", "+8821623{6}", "+870772{6}", "+87810{8}",
    "+979{8}", "+8695{3}", "+8610086", "+8612345", "+86110", "+86120", "+8674512345",
    "+1900{7}", "+1876{7}", "+371{8}", "+37990{6}", "+252{8}", "+44909{7}", "+53{8}",
    "+2246{8}", "+247{5}", "+68888{3}", "+85291{6}", "+86", "+", "", "13800138000",
    "0086168{5}", "+86 168 {5}", "+8613800138000,168", "tel:+86168{5}", "+8600{9}",
)  # fmt: skip
_MOBILES = ("+86138", "+86139", "+86150", "+86188")


def poisoned(chance: Random) -> str:
    """A number that must never ring."""
    return _filled(chance.choice(_POISON), chance)


def ordinary(chance: Random, most: int) -> str:
    """One of so many ordinary mobile telephones."""
    place = chance.randrange(most)
    return f"{_MOBILES[place % len(_MOBILES)]}0013{place:04}"


def _filled(pattern: str, chance: Random) -> str:
    """The pattern with so many random digits where a count stands in braces."""
    before, brace, rest = pattern.partition("{")
    if not brace:
        return pattern
    count, _, after = rest.partition("}")
    return before + "".join(str(chance.randrange(10)) for _ in range(int(count))) + after
