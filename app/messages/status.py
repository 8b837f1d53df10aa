"""How far a text message has got. A status never gives way to one of a lower or equal rank."""

from collections.abc import Mapping

QUEUED, SENDING, UNKNOWN, ACCEPTED, SENT = "queued", "sending", "unknown", "accepted", "sent"
DELIVERED, UNDELIVERED, FAILED, LOST = "delivered", "undelivered", "failed", "lost"
RECEIVED, ANSWERED = "received", "answered"

RANK: Mapping[str, int] = {
    QUEUED: 0,  # waits for its job
    SENDING: 1,  # the provider is being asked
    UNKNOWN: 2,  # the provider was asked and nobody knows whether it took it: never sent again
    LOST: 3,  # the provider's own list does not know it; it may still turn up
    ACCEPTED: 4,  # the provider has it
    SENT: 5,  # the carrier has it
    DELIVERED: 6,
    UNDELIVERED: 6,
    FAILED: 6,
    RECEIVED: 6,  # it came in
    ANSWERED: 6,  # it was given as the answer to a text; nobody reports what became of it
}
FINAL_RANK = 6

# The provider's words (contract, section 4.5) and ours.
OURS: Mapping[str, str] = {
    "queued": ACCEPTED,
    "accepted": ACCEPTED,
    "scheduled": ACCEPTED,
    "sending": ACCEPTED,
    "sent": SENT,
    "partially_delivered": SENT,
    "delivered": DELIVERED,
    "read": DELIVERED,
    "undelivered": UNDELIVERED,
    "failed": FAILED,
    "canceled": FAILED,
}
