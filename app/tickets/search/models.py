"""The table of terms."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey


class TicketTerm(Base):
    """A ticket's words contain a term; terms are keyed fingerprints of two or three characters."""

    __tablename__ = "ticket_terms"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own form

    term: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("tickets.id"), primary_key=True, autoincrement=False
    )
