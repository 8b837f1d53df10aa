"""From layers to places: boxes that never overlap, and ways that run between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.flows.graph.layers import Layered, Link, layered

SWEEPS = 12
BETWEEN_BOXES, BETWEEN_WAYS = 28.0, 14.0
LEAST_GAP, MOST_GAP = 20.0, 60.0  # between layers: more where ways run far to the side
STRAIGHTNESS = 6.0  # how much a long way would rather be straight than short


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a box or a label."""

    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a box or a label."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Route:
    """A way from its beginning to its end: upright pieces (x, from y, to y), joined by curves."""

    pieces: tuple[tuple[float, float, float], ...]
    label: Place


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands; the upper left corner is (0, 0)."""

    boxes: tuple[Place, ...]
    routes: tuple[Route, ...]
    size: Size


def lay_out(boxes: Sequence[Size], links: Sequence[Link], labels: Sequence[Size]) -> Layout:
    """Place boxes and the links between them; each link has a label, perhaps without size."""
    return _Placing(boxes, links, labels).layout()


def nearest_apart(
    wished: Sequence[float], weights: Sequence[float], apart: Sequence[float]
) -> list[float]:
    """Places as near to the wished ones as can be, in their order and far enough apart.

    `apart` are the least distances of neighbours. Pool adjacent violators: whoever stands in each
    other's way moves together to the weighted middle of their wishes.
    """
    offsets = [0.0]
    for distance in apart:
        offsets.append(offsets[-1] + distance)
    blocks: list[tuple[float, float, int]] = []  # middle, weight, how many
    for wish, weight, offset in zip(wished, weights, offsets, strict=True):
        block = (wish - offset, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            middle, heavy, many = blocks.pop()
            together = heavy + block[1]
            moved = (middle * heavy + block[0] * block[1]) / together
            block = (moved, together, many + block[2])
        blocks.append(block)
    free = [middle for middle, _, many in blocks for _ in range(many)]
    return [place + offset for place, offset in zip(free, offsets, strict=True)]


class _Placing:
    """The layers of one part, on their way to places."""

    def __init__(
        self, boxes: Sequence[Size], links: Sequence[Link], labels: Sequence[Size]
    ) -> None:
        self._boxes = boxes
        self._links = links
        self._labels = labels
        self._found: Layered = layered(len(boxes), links)
        self._sizes: dict[int, Size] = dict(enumerate(boxes))
        self._label_items: list[int] = []
        for number, chain in enumerate(self._found.chains):
            self._sizes |= {item: Size() for item in chain[1:-1]}
            # The label stands where the way leaves its node.
            item = chain[-2 if number in self._found.turned else 1]
            self._sizes[item] = labels[number]
            self._label_items.append(item)

    def layout(self) -> Layout:
        across = self._across()
        left = min((x - self._sizes[item].width / 2 for item, x in across.items()), default=0)
        across = {item: x - left for item, x in across.items()}
        layers = self._down(across)
        bands = {
            item: band
            for layer, band in zip(self._found.layers, layers, strict=True)
            for item in layer
        }
        middles = {item: (top + bottom) / 2 for item, (top, bottom) in bands.items()}
        right = max((x + self._sizes[item].width / 2 for item, x in across.items()), default=0)
        return Layout(
            tuple(Place(across[box], middles[box]) for box in range(len(self._boxes))),
            tuple(self._routes(across, bands, middles)),
            Size(right, layers[-1][1]),
        )

    def _across(self) -> dict[int, float]:
        """The x of each item: begun side by side, then pulled to their neighbours by turns."""
        found, across = self._found, dict[int, float]()
        for layer in found.layers:
            x = 0.0
            for item in layer:
                width = self._sizes[item].width
                across[item] = x + width / 2
                x += width + BETWEEN_BOXES
        for sweep in range(SWEEPS):
            last = sweep >= SWEEPS - 2
            order = found.layers if sweep % 2 == 0 else list(reversed(found.layers))
            for layer in order:
                self._pull(layer, across, both=last, down=sweep % 2 == 0)
        return across

    def _pull(self, layer: list[int], across: dict[int, float], *, both: bool, down: bool) -> None:
        found = self._found
        wished, weights = [], []
        for item in layer:
            above, below = found.above.get(item, []), found.below.get(item, [])
            near = above + below if both else (above if down else below) or above + below
            pulls = [self._weight(item, one) for one in near]
            total = sum(pulls)
            wished.append(
                sum(across[one] * pull for one, pull in zip(near, pulls, strict=True)) / total
                if total
                else across[item]
            )
            weights.append(total or 0.1)
        apart = [self._apart(*pair) for pair in pairwise(layer)]
        for item, x in zip(layer, nearest_apart(wished, weights, apart), strict=True):
            across[item] = x

    def _weight(self, item: int, other: int) -> float:
        is_way = item >= len(self._boxes) and other >= len(self._boxes)
        return STRAIGHTNESS if is_way else 1.0

    def _apart(self, left: int, right: int) -> float:
        boxes = left < len(self._boxes) or right < len(self._boxes)
        between = BETWEEN_BOXES if boxes else BETWEEN_WAYS
        return (self._sizes[left].width + self._sizes[right].width) / 2 + between

    def _down(self, across: Mapping[int, float]) -> list[tuple[float, float]]:
        """The top and the bottom of each layer."""
        found, y = list[tuple[float, float]](), 0.0
        for layer in self._found.layers:
            height = max((self._sizes[item].height for item in layer), default=0.0)
            if found:
                furthest = max(
                    (
                        abs(across[item] - across[above])
                        for item in layer
                        for above in self._found.above.get(item, ())
                    ),
                    default=0.0,
                )
                y += min(MOST_GAP, max(LEAST_GAP, furthest / 7))
            found.append((y, y + height))
            y += height
        return found

    def _routes(
        self,
        across: Mapping[int, float],
        bands: Mapping[int, tuple[float, float]],
        middles: Mapping[int, float],
    ) -> Iterator[Route]:
        ports = self._ports(across)
        for number, chain in enumerate(self._found.chains):
            upper, lower = chain[0], chain[-1]
            bottom = middles[upper] + self._sizes[upper].height / 2
            top = middles[lower] - self._sizes[lower].height / 2
            # A box may be less high than its layer: the way runs upright along the rest.
            pieces = [
                (ports[number, upper], bottom, bands[upper][1]),
                *((across[item], *bands[item]) for item in chain[1:-1]),
                (ports[number, lower], bands[lower][0], top),
            ]
            if number in self._found.turned:
                pieces = [(x, end, begin) for x, begin, end in reversed(pieces)]
            item = self._label_items[number]
            yield Route(tuple(pieces), Place(across[item], middles[item]))

    def _ports(self, across: Mapping[int, float]) -> dict[tuple[int, int], float]:
        """Where each link touches its boxes: spread over their sides in the order of the ways."""
        sides: dict[tuple[int, bool], list[tuple[float, int]]] = {}
        for number, chain in enumerate(self._found.chains):
            sides.setdefault((chain[0], True), []).append((across[chain[1]], number))
            sides.setdefault((chain[-1], False), []).append((across[chain[-2]], number))
        ports: dict[tuple[int, int], float] = {}
        for (box, _), ways in sides.items():
            room = self._sizes[box].width * 0.8
            for place, (_, number) in enumerate(sorted(ways), start=1):
                share = place / (len(ways) + 1) - 0.5
                ports[number, box] = across[box] + share * room
        return ports
