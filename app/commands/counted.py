"""How commands count."""


def counted(count: int, name: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
