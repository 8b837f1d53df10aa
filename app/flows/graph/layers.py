"""From a graph to layers: which way is down, who stands in which layer, in which order.

The method of Sugiyama, Tagawa and Toda (1981): break the circles, put every node below those that
lead to it, let long ways pass through a place in each layer between, and order the layers so that
few ways cross. Everything is decided by the order that is given, never by chance.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 24

Link = tuple[int, int]


@dataclass(slots=True)
class Layered:
    """Items in layers from above to below: nodes by their numbers, then the places of long ways.

    `chains` has the items of each link from its upper to its lower end; `turned` are the links
    that lead upwards. Nodes stand in the even layers; a link has a place in each one between.
    """

    layers: list[list[int]]
    chains: list[list[int]]
    turned: set[int]
    above: dict[int, list[int]] = field(default_factory=dict)
    below: dict[int, list[int]] = field(default_factory=dict)


def layered(count: int, links: Sequence[Link]) -> Layered:
    """Put nodes 0 to `count` - 1 and their links into layers. No link may lead to its own node."""
    turned = _turned(count, links)
    down = [
        (target, source) if number in turned else (source, target)
        for number, (source, target) in enumerate(links)
    ]
    ranks = _ranks(count, down)
    found = Layered([[] for _ in range(max(ranks, default=0) + 1)], [], turned)
    for node, rank in enumerate(ranks):
        found.layers[rank].append(node)
    fresh = count
    for source, target in down:
        chain = [source]
        for rank in range(ranks[source] + 1, ranks[target]):
            found.layers[rank].append(fresh)
            chain.append(fresh)
            fresh += 1
        found.chains.append([*chain, target])
    for chain in found.chains:
        for upper, lower in pairwise(chain):
            found.below.setdefault(upper, []).append(lower)
            found.above.setdefault(lower, []).append(upper)
    _order(found)
    return found


def _turned(count: int, links: Sequence[Link]) -> set[int]:
    """The links that close a circle when everything is walked through in the given order."""
    leaving: dict[int, list[int]] = {}
    for number, (source, _) in enumerate(links):
        leaving.setdefault(source, []).append(number)
    turned: set[int] = set()
    state = [0] * count  # 0 not seen, 1 on the way, 2 done
    arrived = {target for _, target in links}
    for root in sorted(range(count), key=lambda node: node in arrived):
        if state[root]:
            continue
        state[root] = 1
        path = [(root, iter(leaving.get(root, ())))]
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                state[node] = 2
                path.pop()
                continue
            target = links[following][1]
            if state[target] == 1:
                turned.add(following)
            elif not state[target]:
                state[target] = 1
                path.append((target, iter(leaving.get(target, ()))))
    return turned


def _ranks(count: int, down: Sequence[Link]) -> list[int]:
    """Each node two layers below the lowest that leads to it: one between is for the label."""
    ranks = [0] * count
    waiting = [0] * count
    for _, target in down:
        waiting[target] += 1
    ready = [node for node in range(count) if not waiting[node]]
    for node in ready:  # grows while it is walked through
        for source, target in down:
            if source == node:
                ranks[target] = max(ranks[target], ranks[node] + 2)
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)
    return ranks


def _order(found: Layered) -> None:
    """Sweep down and up, each item to the middle of its neighbours; the best order is kept."""
    best, fewest = [list(layer) for layer in found.layers], crossings(found)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        numbers = range(1, len(found.layers))
        for number in numbers if downwards else reversed(range(len(found.layers) - 1)):
            near = found.above if downwards else found.below
            _sort(found.layers, number, number + (-1 if downwards else 1), near)
        count = crossings(found)
        if count < fewest:
            best, fewest = [list(layer) for layer in found.layers], count
    found.layers[:] = best


def _sort(layers: list[list[int]], number: int, other: int, near: dict[int, list[int]]) -> None:
    places = {item: place for place, item in enumerate(layers[other])}
    here = {item: place for place, item in enumerate(layers[number])}

    def middle(item: int) -> float:
        neighbours = [places[one] for one in near.get(item, ())]
        return sum(neighbours) / len(neighbours) if neighbours else here[item]

    layers[number].sort(key=middle)


def crossings(found: Layered) -> int:
    """How many pairs of ways cross between neighbouring layers."""
    total = 0
    for upper, lower in pairwise(found.layers):
        places = {item: place for place, item in enumerate(lower)}
        seen: list[int] = []
        for item in upper:
            ends = sorted(places[one] for one in found.below.get(item, ()))
            total += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
