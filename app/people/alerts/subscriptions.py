"""The browsers that want to be told by push."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, select, update

from app.database import blind_index, insert_once
from app.people.alerts.models import PushSubscription

# Where browsers have their push services: we never post to any other place (threat T4).
PUSH_SERVICES = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
MOST_PER_PERSON = 10
LONGEST_ENDPOINT, LONGEST_KEY = 1_000, 128


class NotAPushServiceError(ValueError):
    """The subscription does not lead to a browser's push service; the text says so."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser's address and the keys for what it is sent."""

    endpoint: str
    p256dh: str
    auth: str

    def as_browsers_say(self) -> dict[str, object]:
        """The subscription as the browser's own `PushSubscription` reads."""
        return {"endpoint": self.endpoint, "keys": {"p256dh": self.p256dh, "auth": self.auth}}


def subscribe(
    connection: Connection, staff_id: int, subscription: Subscription, at: datetime
) -> None:
    """Keep a browser of a member of staff; one that was another's is theirs from now on.

    Of more than ten the oldest go. Raises NotAPushServiceError for an address elsewhere.
    """
    _refuse_strangers(subscription)
    index = blind_index(subscription.endpoint)
    values = {"staff_id": staff_id, "p256dh": subscription.p256dh, "auth": subscription.auth}
    is_new = insert_once(
        connection,
        PushSubscription,
        endpoint=subscription.endpoint,
        endpoint_index=index,
        created_at=at,
        **values,
    )
    if not is_new:
        of_it = PushSubscription.endpoint_index == index
        connection.execute(update(PushSubscription).where(of_it).values(**values))
    _drop_oldest(connection, staff_id)


def unsubscribe(connection: Connection, staff_id: int, endpoint: str) -> bool:
    """Forget a browser of a member of staff; False when it is not theirs."""
    gone = connection.execute(
        delete(PushSubscription).where(
            PushSubscription.staff_id == staff_id,
            PushSubscription.endpoint_index == blind_index(endpoint),
        )
    )
    return gone.rowcount == 1


def forget(connection: Connection, subscription_id: int) -> None:
    """A browser is gone: its push service has said so."""
    connection.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))


def find(connection: Connection, subscription_id: int) -> Subscription | None:
    """A browser by its row, or None when it is gone."""
    row = connection.execute(
        select(PushSubscription.endpoint, PushSubscription.p256dh, PushSubscription.auth).where(
            PushSubscription.id == subscription_id
        )
    ).one_or_none()
    return None if row is None else Subscription(*row)


def _refuse_strangers(subscription: Subscription) -> None:
    address = urlsplit(subscription.endpoint)
    host = address.hostname or ""
    is_known = any(host == name or host.endswith(f".{name}") for name in PUSH_SERVICES)
    is_short = len(subscription.endpoint) <= LONGEST_ENDPOINT and all(
        0 < len(key) <= LONGEST_KEY for key in (subscription.p256dh, subscription.auth)
    )
    if address.scheme != "https" or not is_known or not is_short or address.port not in (None, 443):
        raise NotAPushServiceError("This browser's push service is not one we know.")


def _drop_oldest(connection: Connection, staff_id: int) -> None:
    newest = (
        select(PushSubscription.id)
        .where(PushSubscription.staff_id == staff_id)
        .order_by(PushSubscription.created_at.desc(), PushSubscription.id.desc())
    )
    for old in connection.execute(newest.offset(MOST_PER_PERSON)).scalars().all():
        forget(connection, old)
