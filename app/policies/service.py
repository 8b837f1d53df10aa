"""What the knowledge base writes: which clause was read to whom, and what nobody understood."""

from sqlalchemy import Connection, insert

from app.calls.facts import CallFacts
from app.flows.effects import NotUnderstood, PolicyRead
from app.policies.models import PolicyReading, UnansweredWords


def record_reading(connection: Connection, effect: PolicyRead, call: CallFacts) -> None:
    """Note that an article is being read (first-contact responsibility)."""
    connection.execute(
        insert(PolicyReading).values(
            call_sid=call.sid,
            article=effect.article,
            part=effect.part,
            language=call.language,
            repeated=effect.repeated,
            at=call.at,
        )
    )


def record_unanswered(connection: Connection, effect: NotUnderstood, call: CallFacts) -> None:
    """Keep words that were not understood."""
    connection.execute(
        insert(UnansweredWords).values(
            call_sid=call.sid,
            node=effect.node,
            words=effect.words,
            language=call.language,
            at=call.at,
        )
    )
