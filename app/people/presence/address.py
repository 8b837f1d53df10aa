"""The address of a telephone in a browser: `client:staff_7`, where 7 is the member of the staff."""

import re

CLIENT = "client:"
_IDENTITY = re.compile(r"staff_([1-9][0-9]{0,17})")


def identity_of(staff_id: int) -> str:
    """As whom the browser of a member of the staff registers with the network."""
    return f"staff_{staff_id}"


def client_of(staff_id: int) -> str:
    """Where their browser is rung."""
    return f"{CLIENT}{identity_of(staff_id)}"


def is_client(address: str) -> bool:
    """Whether an address is that of a browser, whoever's."""
    return address.startswith(CLIENT)


def staff_of(address: str) -> int | None:
    """Whose browser it is; None when it is none, or none of ours."""
    found = _IDENTITY.fullmatch(address.removeprefix(CLIENT)) if is_client(address) else None
    return int(found.group(1)) if found else None
