"""How often things may be done from the portal (threats T1 and T24)."""

from app.messages.codes.limits import DAY, HOUR, Limit


def appeals(address: str) -> tuple[Limit, ...]:
    """Appeals from one network address, and from all. A village may share one address."""
    return (
        Limit("appeal", f"address {address}", HOUR, 20),
        Limit("appeal", f"address {address}", DAY, 60),
        Limit("appeal", "", HOUR, 600),
    )


def texts_to(number: str) -> tuple[Limit, ...]:
    """Texts about appeals that name a telephone nobody has proved to have."""
    return (Limit("appeal_text", f"telephone {number}", DAY, 3),)


def additions(ticket_id: int) -> tuple[Limit, ...]:
    """Words and photos added to one ticket."""
    return (Limit("addition", f"ticket {ticket_id}", HOUR, 20),)


def call_back_requests(address: str) -> tuple[Limit, ...]:
    """Requests to be called back, from one network address and from all."""
    return (
        Limit("callback_ask", f"address {address}", HOUR, 10),
        Limit("callback_ask", "", DAY, 500),
    )


def call_backs(number: str) -> tuple[Limit, ...]:
    """Calls back to one number: one an hour, three a day; and what a day's staff can do."""
    subject = f"telephone {number}"
    return (
        Limit("callback", subject, HOUR, 1),
        Limit("callback", subject, DAY, 3),
        Limit("callback", "", DAY, 200),
    )
