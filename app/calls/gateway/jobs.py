"""What the gateway leaves for afterwards, because writers would wait for each other."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from app.calls.gateway.alarms import OVER_CAP
from app.jobs.runner import Handler, Tools
from app.jobs.service import Payload
from app.people.audit.models import AuditEntry
from app.people.audit.service import record


class GatewayJobs:
    """The handlers of the gateway's own jobs."""

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {OVER_CAP: self.audit}

    def audit(self, payload: Payload, tools: Tools) -> None:
        """Audit a leg that was let out over a cap, once."""
        target = f"leg:{payload['leg']}"
        with tools.database.writing() as connection:
            if _is_audited(connection, target):
                return
            record(
                connection,
                actor="system",
                act=OVER_CAP,
                target=target,
                detail={"cap": payload["cap"]},
                at=datetime.fromisoformat(payload["at"]),
            )


def _is_audited(connection: Connection, target: str) -> bool:
    query = select(AuditEntry.id).where(AuditEntry.act == OVER_CAP, AuditEntry.target == target)
    return connection.execute(query).first() is not None
