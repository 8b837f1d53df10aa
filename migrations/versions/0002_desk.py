"""The ticket desk: people, clocks, messages, recordings, closing, webhooks."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Tickets that stand already begin with the clocks they were promised; the sweep looks at them next.
CLOCKS_OF_STANDING_TICKETS = (
    "UPDATE tickets SET clock_started_at = opened_at, "
    "due_at = CASE WHEN state IN ('new', 'reopened') THEN respond_due_at "
    "WHEN state IN ('acknowledged', 'in_progress', 'waiting') THEN complete_due_at END, "
    "next_alarm_at = CASE WHEN state IN ('new', 'reopened', 'acknowledged', 'in_progress') "
    "THEN opened_at END"
)


def upgrade() -> None:
    """Add the tables of the ticket desk and what tickets and calls gain."""
    op.create_table(
        "audit_entries",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=128), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entries_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_entries_previous")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_act", ["act", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_actor", ["actor", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entries_target", ["target", "id"], unique=False)

    op.create_table(
        "bans",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_index", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("banned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("banned_by", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=64), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("last_call_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bans")),
    )
    with op.batch_alter_table("bans", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bans_standing",
            ["number_index"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "best_times",
        sa.Column("caller_index", sa.String(length=32), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("caller_index", name=op.f("pk_best_times")),
    )
    op.create_table(
        "challenge_answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("caller_index", sa.String(length=32), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_answers")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_challenge_answers_call_sid")),
    )
    with op.batch_alter_table("challenge_answers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_challenge_answers_caller_index", ["caller_index", "at"], unique=False
        )

    op.create_table(
        "counted",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted")),
    )
    with op.batch_alter_table("counted", schema=None) as batch_op:
        batch_op.create_index("ix_counted_at", ["at"], unique=False)
        batch_op.create_index("ix_counted_kind", ["kind", "subject", "at"], unique=False)

    op.create_table(
        "households",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("village", sa.String(length=64), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("head_index", sa.String(length=32), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
        sa.UniqueConstraint("code", name=op.f("uq_households_code")),
    )
    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.create_index("ix_households_head_index", ["head_index"], unique=False)
        batch_op.create_index("ix_households_village", ["village", "id"], unique=False)

    op.create_table(
        "kept_recordings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=True),
        sa.Column("conference_sid", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("told_seconds", sa.Integer(), nullable=True),
        sa.Column("told_channels", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("trouble", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("seen_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("channels", sa.Integer(), nullable=True),
        sa.Column("rate_hz", sa.Integer(), nullable=True),
        sa.Column("encoding", sa.String(length=16), nullable=False),
        sa.Column("explained", sa.String(length=120), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("trim_start", sa.Double(), nullable=True),
        sa.Column("trim_end", sa.Double(), nullable=True),
        sa.Column("rendition", sa.Integer(), nullable=False),
        sa.Column("played_rendition", sa.Integer(), nullable=True),
        sa.Column("retention", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote", sa.String(length=16), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("playable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_recordings")),
        sa.UniqueConstraint("sid", name=op.f("uq_kept_recordings_sid")),
    )
    with op.batch_alter_table("kept_recordings", schema=None) as batch_op:
        batch_op.create_index("ix_kept_recordings_call_sid", ["call_sid"], unique=False)
        batch_op.create_index(
            "ix_kept_recordings_expires_at",
            ["expires_at", "id"],
            unique=False,
            sqlite_where=sa.text("expires_at IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_kept_recordings_remote",
            ["stored_at"],
            unique=False,
            sqlite_where=sa.text("remote = 'kept'"),
            postgresql_where=sa.text("remote = 'kept'"),
        )
        batch_op.create_index(
            "ix_kept_recordings_under_way",
            ["next_try_at", "id"],
            unique=False,
            sqlite_where=sa.text("next_try_at IS NOT NULL"),
            postgresql_where=sa.text("next_try_at IS NOT NULL"),
        )

    op.create_table(
        "message_opt_outs",
        sa.Column("number_index", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("number_index", name=op.f("pk_message_opt_outs")),
    )
    op.create_table(
        "outbound_calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("citizen_index", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_sid", sa.String(length=64), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_calls")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_outbound_calls_call_sid")),
        sa.UniqueConstraint("key", name=op.f("uq_outbound_calls_key")),
        sa.UniqueConstraint("token", name=op.f("uq_outbound_calls_token")),
    )
    with op.batch_alter_table("outbound_calls", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbound_calls_citizen_index", ["citizen_index", "placed_at"], unique=False
        )
        batch_op.create_index("ix_outbound_calls_subject", ["purpose", "subject"], unique=False)
        batch_op.create_index(
            "ix_outbound_calls_unsettled",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "saved_filters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_filters_staff_id_name")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempts_last_at"), ["last_at"], unique=False)

    op.create_table(
        "site_settings",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_site_settings")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("phone_index", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_phone_index"), ["phone_index"], unique=False)

    op.create_table(
        "text_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("number_index", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_codes")),
    )
    with op.batch_alter_table("text_codes", schema=None) as batch_op:
        batch_op.create_index("ix_text_codes_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_text_codes_holder", ["holder", "purpose", "id"], unique=False)
        batch_op.create_index("ix_text_codes_number_index", ["number_index", "id"], unique=False)

    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_why", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("ways", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_alerts_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_alerts_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_alerts_key")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_alerts_open",
            ["staff_id", "id"],
            unique=False,
            sqlite_where=sa.text("acknowledged_at IS NULL"),
            postgresql_where=sa.text("acknowledged_at IS NULL"),
        )
        batch_op.create_index("ix_alerts_staff_id", ["staff_id", "id"], unique=False)
        batch_op.create_index("ix_alerts_ticket_id", ["ticket_id"], unique=False)

    op.create_table(
        "api_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["staff.id"], name=op.f("fk_api_tokens_created_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("name", name=op.f("uq_api_tokens_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_table(
        "callers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone_index", sa.String(length=32), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_index", sa.String(length=32), nullable=False),
        sa.Column(
            "household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("best_time", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_callers_household_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callers")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_callers_phone_index")),
    )
    with op.batch_alter_table("callers", schema=None) as batch_op:
        batch_op.create_index("ix_callers_household_id", ["household_id"], unique=False)
        batch_op.create_index("ix_callers_name_index", ["name_index"], unique=False)

    op.create_table(
        "duty_patterns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.String(length=16), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("on_holidays", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_duty_patterns_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_patterns")),
    )
    op.create_table(
        "duty_shifts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("came_from", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.String(length=16), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_duty_shifts_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shifts")),
        sa.UniqueConstraint("came_from", name=op.f("uq_duty_shifts_came_from")),
    )
    with op.batch_alter_table("duty_shifts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_duty_shifts_department", ["department", "ends_at", "starts_at"], unique=False
        )
        batch_op.create_index("ix_duty_shifts_staff_id", ["staff_id", "ends_at"], unique=False)
        batch_op.create_index("ix_duty_shifts_starts_at", ["starts_at"], unique=False)

    op.create_table(
        "escalations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column(
            "ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("clock", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["staff.id"], name=op.f("fk_escalations_taken_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_escalations_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("source", name=op.f("uq_escalations_source")),
    )
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.create_index("ix_escalations_ticket_id", ["ticket_id", "created_at"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=True),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_index", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("segments", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
        sa.UniqueConstraint("sid", name=op.f("uq_messages_sid")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_messages_number_index", ["number_index", "at"], unique=False)
        batch_op.create_index("ix_messages_ticket_id", ["ticket_id", "id"], unique=False)

    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("endpoint_index", sa.String(length=32), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_push_subscriptions_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint_index", name=op.f("uq_push_subscriptions_endpoint_index")),
    )
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.create_index("ix_push_subscriptions_staff_id", ["staff_id"], unique=False)

    op.create_table(
        "recording_holds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "recording_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["kept_recordings.id"],
            name=op.f("fk_recording_holds_recording_id_kept_recordings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_holds")),
    )
    with op.batch_alter_table("recording_holds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recording_holds_recording_id", ["recording_id", "id"], unique=False
        )

    op.create_table(
        "recording_listens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "recording_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["kept_recordings.id"],
            name=op.f("fk_recording_listens_recording_id_kept_recordings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_listens")),
    )
    with op.batch_alter_table("recording_listens", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recording_listens_recording_id", ["recording_id", "id"], unique=False
        )

    op.create_table(
        "recording_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "recording_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["kept_recordings.id"],
            name=op.f("fk_recording_notes_recording_id_kept_recordings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_notes")),
    )
    with op.batch_alter_table("recording_notes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recording_notes_recording_id", ["recording_id", "seconds"], unique=False
        )

    op.create_table(
        "recording_redactions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "recording_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("begin", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["kept_recordings.id"],
            name=op.f("fk_recording_redactions_recording_id_kept_recordings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_redactions")),
    )
    with op.batch_alter_table("recording_redactions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recording_redactions_recording_id", ["recording_id", "id"], unique=False
        )

    op.create_table(
        "return_visits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("texted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("heard_by", sa.String(length=16), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_return_visits_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_visits")),
        sa.UniqueConstraint(
            "ticket_id", "resolved_at", name=op.f("uq_return_visits_ticket_id_resolved_at")
        ),
    )
    with op.batch_alter_table("return_visits", schema=None) as batch_op:
        batch_op.create_index(
            "ix_return_visits_next_try_at",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_return_visits_silent_at",
            ["silent_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "staff_credentials",
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("one_time_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=False),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("oidc_subject", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_credentials_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_credentials")),
        sa.UniqueConstraint("oidc_subject", name=op.f("uq_staff_credentials_oidc_subject")),
    )
    op.create_table(
        "staff_grants",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_grants_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_grants")),
        sa.UniqueConstraint(
            "staff_id",
            "role",
            "department",
            "region",
            name=op.f("uq_staff_grants_staff_id_role_department_region"),
        ),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_recovery_codes_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_recovery_codes_code_hash")),
    )
    with op.batch_alter_table("staff_recovery_codes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_staff_recovery_codes_staff_id"), ["staff_id"], unique=False
        )

    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("former_hash", sa.String(length=64), nullable=False),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("needs_code", sa.Boolean(), nullable=False),
        sa.Column("renew", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_sessions_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_staff_sessions_former_hash", ["former_hash"], unique=False)
        batch_op.create_index(
            "ix_staff_sessions_staff_id", ["staff_id", "created_at"], unique=False
        )

    op.create_table(
        "ticket_alarms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("clock", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_alarms_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_alarms")),
        sa.UniqueConstraint(
            "ticket_id",
            "clock",
            "round",
            "level",
            name=op.f("uq_ticket_alarms_ticket_id_clock_round_level"),
        ),
    )
    with op.batch_alter_table("ticket_alarms", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_alarms_at", ["at"], unique=False)

    op.create_table(
        "ticket_attachments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.String(length=128), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_attachments_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_attachments")),
        sa.UniqueConstraint(
            "ticket_id", "sha256", name=op.f("uq_ticket_attachments_ticket_id_sha256")
        ),
    )
    with op.batch_alter_table("ticket_attachments", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_attachments_blob", ["blob"], unique=False)
        batch_op.create_index("ix_ticket_attachments_ticket_id", ["ticket_id", "id"], unique=False)

    op.create_table(
        "ticket_calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_calls_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_calls")),
        sa.UniqueConstraint(
            "ticket_id", "call_sid", name=op.f("uq_ticket_calls_ticket_id_call_sid")
        ),
    )
    with op.batch_alter_table("ticket_calls", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_calls_call_sid", ["call_sid"], unique=False)

    op.create_table(
        "ticket_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_id"], ["tickets.id"], name=op.f("fk_ticket_links_from_id_tickets")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["tickets.id"], name=op.f("fk_ticket_links_to_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_links")),
        sa.UniqueConstraint(
            "from_id", "to_id", "kind", name=op.f("uq_ticket_links_from_id_to_id_kind")
        ),
    )
    with op.batch_alter_table("ticket_links", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_links_to_id", ["to_id"], unique=False)

    op.create_table(
        "ticket_merges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "duplicate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "survivor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("former_state", sa.String(length=16), nullable=False),
        sa.Column("former_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("former_respond_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("former_complete_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["duplicate_id"], ["tickets.id"], name=op.f("fk_ticket_merges_duplicate_id_tickets")
        ),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["tickets.id"], name=op.f("fk_ticket_merges_survivor_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_merges")),
    )
    with op.batch_alter_table("ticket_merges", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_merges_duplicate_id",
            ["duplicate_id"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.create_index("ix_ticket_merges_survivor_id", ["survivor_id"], unique=False)

    op.create_table(
        "ticket_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=96), nullable=False),
        sa.Column(
            "ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("told_by", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_notes_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_notes")),
        sa.UniqueConstraint("key", name=op.f("uq_ticket_notes_key")),
    )
    with op.batch_alter_table("ticket_notes", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_notes_ticket_id", ["ticket_id", "id"], unique=False)

    op.create_table(
        "ticket_offers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "from_staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "to_staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("to_department", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_offers_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_offers")),
    )
    with op.batch_alter_table("ticket_offers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_offers_expires_at",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.create_index(
            "ix_ticket_offers_standing",
            ["ticket_id"],
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.create_index("ix_ticket_offers_ticket_id", ["ticket_id", "id"], unique=False)
        batch_op.create_index(
            "ix_ticket_offers_to_department", ["to_department", "state"], unique=False
        )
        batch_op.create_index(
            "ix_ticket_offers_to_staff_id", ["to_staff_id", "state"], unique=False
        )

    op.create_table(
        "ticket_readings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("article", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("extent", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_readings_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_readings")),
    )
    with op.batch_alter_table("ticket_readings", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_readings_article", ["article", "at"], unique=False)
        batch_op.create_index("ix_ticket_readings_ticket_id", ["ticket_id", "id"], unique=False)

    op.create_table(
        "ticket_terms",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "ticket_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_terms_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("term", "ticket_id", name=op.f("pk_ticket_terms")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "endpoint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_id_webhook_endpoints"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_webhook_deliveries_key")),
    )
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_deliveries_endpoint_id", ["endpoint_id", "id"], unique=False
        )

    op.create_table(
        "duty_swaps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "return_shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "to_staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["staff.id"], name=op.f("fk_duty_swaps_answered_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff.id"], name=op.f("fk_duty_swaps_asked_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["return_shift_id"],
            ["duty_shifts.id"],
            name=op.f("fk_duty_swaps_return_shift_id_duty_shifts"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["duty_shifts.id"], name=op.f("fk_duty_swaps_shift_id_duty_shifts")
        ),
        sa.ForeignKeyConstraint(
            ["to_staff_id"], ["staff.id"], name=op.f("fk_duty_swaps_to_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_swaps")),
    )
    with op.batch_alter_table("duty_swaps", schema=None) as batch_op:
        batch_op.create_index("ix_duty_swaps_to_staff_id", ["to_staff_id", "state"], unique=False)
        batch_op.create_index(
            "uq_duty_swaps_asked_shift",
            ["shift_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "escalation_calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("escalation_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalations.id"],
            name=op.f("fk_escalation_calls_escalation_id_escalations"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_escalation_calls_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_calls")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_escalation_calls_call_sid")),
        sa.UniqueConstraint(
            "escalation_id", "position", name=op.f("uq_escalation_calls_escalation_id_position")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_escalation_calls_token")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("outcome", sa.String(length=16), server_default="", nullable=False)
        )
        batch_op.drop_index(batch_op.f("ix_calls_parent_sid"))
        batch_op.create_index(
            "ix_calls_legs",
            ["parent_sid"],
            unique=False,
            sqlite_where=sa.text("parent_sid IS NOT NULL"),
            postgresql_where=sa.text("parent_sid IS NOT NULL"),
        )
        batch_op.create_index("ix_calls_outcome", ["outcome", "started_at", "id"], unique=False)
        batch_op.create_index(
            "ix_calls_under_way",
            ["started_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_calls_unjudged",
            ["ended_at"],
            unique=False,
            sqlite_where=sa.text("outcome = '' AND direction = 'inbound'"),
            postgresql_where=sa.text("outcome = '' AND direction = 'inbound'"),
        )

    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_jobs_done",
            ["finished_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'done'"),
            postgresql_where=sa.text("state = 'done'"),
        )

    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("detail", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("subject", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("place", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("place_index", sa.String(length=32), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("channel", sa.String(length=16), server_default="phone", nullable=False)
        )
        batch_op.add_column(sa.Column("caller_name", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("caller_name_index", sa.String(length=32), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column("opened_by", sa.String(length=64), server_default="caller", nullable=False)
        )
        batch_op.add_column(
            sa.Column("region", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("sealed_by", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("outcome", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("satisfaction", sa.String(length=16), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "merged_into_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("waiting_for", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column(
                "clock", sa.String(length=16), server_default="round_the_clock", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("clock_round", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("clock_started_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("respond_within", sa.Integer(), server_default="30", nullable=False)
        )
        batch_op.add_column(
            sa.Column("complete_within", sa.Integer(), server_default="1440", nullable=False)
        )
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("next_alarm_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("responded_in_time", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("waiting_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("completed_in_time", sa.Boolean(), nullable=True))
        batch_op.drop_index(
            batch_op.f("ix_tickets_open"),
            sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
        )
        batch_op.drop_index(
            batch_op.f("ix_tickets_unanswered"), sqlite_where=sa.text("acknowledged_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_tickets_caller_index"))
        batch_op.create_index(
            "ix_tickets_caller_index", ["caller_index", "opened_at", "id"], unique=False
        )
        batch_op.drop_index(batch_op.f("ix_tickets_category"))
        batch_op.create_index("ix_tickets_category", ["category", "opened_at", "id"], unique=False)
        batch_op.create_index(
            "ix_tickets_alarm",
            ["next_alarm_at", "id"],
            unique=False,
            sqlite_where=sa.text("next_alarm_at IS NOT NULL"),
            postgresql_where=sa.text("next_alarm_at IS NOT NULL"),
        )
        batch_op.create_index("ix_tickets_channel", ["channel", "opened_at", "id"], unique=False)
        batch_op.create_index(
            "ix_tickets_department", ["department", "opened_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_tickets_department_due",
            ["department", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('resolved', 'closed')"),
        )
        batch_op.create_index(
            "ix_tickets_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('resolved', 'closed')"),
        )
        batch_op.create_index(
            "ix_tickets_household",
            ["household_id", "id"],
            unique=False,
            sqlite_where=sa.text("household_id IS NOT NULL"),
            postgresql_where=sa.text("household_id IS NOT NULL"),
        )
        batch_op.create_index("ix_tickets_kind", ["kind", "opened_at", "id"], unique=False)
        batch_op.create_index(
            "ix_tickets_merged",
            ["merged_into_id", "id"],
            unique=False,
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_tickets_name",
            ["caller_name_index", "opened_at", "id"],
            unique=False,
            sqlite_where=sa.text("caller_name_index > ''"),
            postgresql_where=sa.text("caller_name_index > ''"),
        )
        batch_op.create_index("ix_tickets_opened_at", ["opened_at", "id"], unique=False)
        batch_op.create_index("ix_tickets_owner", ["owner_id", "opened_at", "id"], unique=False)
        batch_op.create_index(
            "ix_tickets_owner_due",
            ["owner_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('resolved', 'closed')"),
        )
        batch_op.create_index("ix_tickets_place", ["place_index", "opened_at", "id"], unique=False)
        batch_op.create_index("ix_tickets_priority", ["priority", "opened_at", "id"], unique=False)
        batch_op.create_index("ix_tickets_region", ["region", "opened_at", "id"], unique=False)
        batch_op.create_index(
            "ix_tickets_satisfaction", ["satisfaction", "opened_at", "id"], unique=False
        )
        batch_op.create_index("ix_tickets_state", ["state", "opened_at", "id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_tickets_merged_into_id_tickets"), "tickets", ["merged_into_id"], ["id"]
        )

    op.execute(CLOCKS_OF_STANDING_TICKETS)


def downgrade() -> None:
    """Take it all away again."""
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_tickets_merged_into_id_tickets"), type_="foreignkey"
        )
        batch_op.drop_index("ix_tickets_state")
        batch_op.drop_index("ix_tickets_satisfaction")
        batch_op.drop_index("ix_tickets_region")
        batch_op.drop_index("ix_tickets_priority")
        batch_op.drop_index("ix_tickets_place")
        batch_op.drop_index(
            "ix_tickets_owner_due",
            sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('resolved', 'closed')"),
        )
        batch_op.drop_index("ix_tickets_owner")
        batch_op.drop_index("ix_tickets_opened_at")
        batch_op.drop_index(
            "ix_tickets_name",
            sqlite_where=sa.text("caller_name_index > ''"),
            postgresql_where=sa.text("caller_name_index > ''"),
        )
        batch_op.drop_index(
            "ix_tickets_merged",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_tickets_kind")
        batch_op.drop_index(
            "ix_tickets_household",
            sqlite_where=sa.text("household_id IS NOT NULL"),
            postgresql_where=sa.text("household_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_tickets_due",
            sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('resolved', 'closed')"),
        )
        batch_op.drop_index(
            "ix_tickets_department_due",
            sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('resolved', 'closed')"),
        )
        batch_op.drop_index("ix_tickets_department")
        batch_op.drop_index("ix_tickets_channel")
        batch_op.drop_index(
            "ix_tickets_alarm",
            sqlite_where=sa.text("next_alarm_at IS NOT NULL"),
            postgresql_where=sa.text("next_alarm_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_tickets_category")
        batch_op.create_index(batch_op.f("ix_tickets_category"), ["category", "id"], unique=False)
        batch_op.drop_index("ix_tickets_caller_index")
        batch_op.create_index(
            batch_op.f("ix_tickets_caller_index"), ["caller_index", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_tickets_unanswered"),
            ["respond_due_at", "id"],
            unique=False,
            sqlite_where=sa.text("acknowledged_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_tickets_open"),
            ["complete_due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state NOT IN ('resolved', 'closed')"),
        )
        batch_op.drop_column("completed_in_time")
        batch_op.drop_column("waiting_until")
        batch_op.drop_column("responded_in_time")
        batch_op.drop_column("next_alarm_at")
        batch_op.drop_column("due_at")
        batch_op.drop_column("complete_within")
        batch_op.drop_column("respond_within")
        batch_op.drop_column("clock_started_at")
        batch_op.drop_column("clock_round")
        batch_op.drop_column("clock")
        batch_op.drop_column("waiting_for")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("satisfaction")
        batch_op.drop_column("outcome")
        batch_op.drop_column("sealed_by")
        batch_op.drop_column("sealed_at")
        batch_op.drop_column("owner_id")
        batch_op.drop_column("region")
        batch_op.drop_column("opened_by")
        batch_op.drop_column("household_id")
        batch_op.drop_column("caller_name_index")
        batch_op.drop_column("caller_name")
        batch_op.drop_column("channel")
        batch_op.drop_column("place_index")
        batch_op.drop_column("place")
        batch_op.drop_column("subject")
        batch_op.drop_column("version")

    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.drop_column("detail")
        batch_op.drop_column("words")

    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_jobs_done",
            sqlite_where=sa.text("state = 'done'"),
            postgresql_where=sa.text("state = 'done'"),
        )

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_calls_unjudged",
            sqlite_where=sa.text("outcome = '' AND direction = 'inbound'"),
            postgresql_where=sa.text("outcome = '' AND direction = 'inbound'"),
        )
        batch_op.drop_index(
            "ix_calls_under_way",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_calls_outcome")
        batch_op.drop_index(
            "ix_calls_legs",
            sqlite_where=sa.text("parent_sid IS NOT NULL"),
            postgresql_where=sa.text("parent_sid IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_calls_parent_sid"), ["parent_sid"], unique=False)
        batch_op.drop_column("outcome")

    op.drop_table("escalation_calls")
    with op.batch_alter_table("duty_swaps", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_duty_swaps_asked_shift",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.drop_index("ix_duty_swaps_to_staff_id")

    op.drop_table("duty_swaps")
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_webhook_deliveries_endpoint_id")

    op.drop_table("webhook_deliveries")
    op.drop_table("ticket_terms")
    with op.batch_alter_table("ticket_readings", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_readings_ticket_id")
        batch_op.drop_index("ix_ticket_readings_article")

    op.drop_table("ticket_readings")
    with op.batch_alter_table("ticket_offers", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_offers_to_staff_id")
        batch_op.drop_index("ix_ticket_offers_to_department")
        batch_op.drop_index("ix_ticket_offers_ticket_id")
        batch_op.drop_index(
            "ix_ticket_offers_standing",
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.drop_index(
            "ix_ticket_offers_expires_at",
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )

    op.drop_table("ticket_offers")
    with op.batch_alter_table("ticket_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_notes_ticket_id")

    op.drop_table("ticket_notes")
    with op.batch_alter_table("ticket_merges", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_merges_survivor_id")
        batch_op.drop_index(
            "ix_ticket_merges_duplicate_id",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.drop_table("ticket_merges")
    with op.batch_alter_table("ticket_links", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_links_to_id")

    op.drop_table("ticket_links")
    with op.batch_alter_table("ticket_calls", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_calls_call_sid")

    op.drop_table("ticket_calls")
    with op.batch_alter_table("ticket_attachments", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_attachments_ticket_id")
        batch_op.drop_index("ix_ticket_attachments_blob")

    op.drop_table("ticket_attachments")
    with op.batch_alter_table("ticket_alarms", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_alarms_at")

    op.drop_table("ticket_alarms")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_sessions_staff_id")
        batch_op.drop_index("ix_staff_sessions_former_hash")

    op.drop_table("staff_sessions")
    with op.batch_alter_table("staff_recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_recovery_codes_staff_id"))

    op.drop_table("staff_recovery_codes")
    op.drop_table("staff_grants")
    op.drop_table("staff_credentials")
    with op.batch_alter_table("return_visits", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_return_visits_silent_at",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            "ix_return_visits_next_try_at",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.drop_table("return_visits")
    with op.batch_alter_table("recording_redactions", schema=None) as batch_op:
        batch_op.drop_index("ix_recording_redactions_recording_id")

    op.drop_table("recording_redactions")
    with op.batch_alter_table("recording_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_recording_notes_recording_id")

    op.drop_table("recording_notes")
    with op.batch_alter_table("recording_listens", schema=None) as batch_op:
        batch_op.drop_index("ix_recording_listens_recording_id")

    op.drop_table("recording_listens")
    with op.batch_alter_table("recording_holds", schema=None) as batch_op:
        batch_op.drop_index("ix_recording_holds_recording_id")

    op.drop_table("recording_holds")
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.drop_index("ix_push_subscriptions_staff_id")

    op.drop_table("push_subscriptions")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_ticket_id")
        batch_op.drop_index("ix_messages_number_index")
        batch_op.drop_index("ix_messages_at")

    op.drop_table("messages")
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.drop_index("ix_escalations_ticket_id")

    op.drop_table("escalations")
    with op.batch_alter_table("duty_shifts", schema=None) as batch_op:
        batch_op.drop_index("ix_duty_shifts_starts_at")
        batch_op.drop_index("ix_duty_shifts_staff_id")
        batch_op.drop_index("ix_duty_shifts_department")

    op.drop_table("duty_shifts")
    op.drop_table("duty_patterns")
    with op.batch_alter_table("callers", schema=None) as batch_op:
        batch_op.drop_index("ix_callers_name_index")
        batch_op.drop_index("ix_callers_household_id")

    op.drop_table("callers")
    op.drop_table("api_tokens")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index("ix_alerts_ticket_id")
        batch_op.drop_index("ix_alerts_staff_id")
        batch_op.drop_index(
            "ix_alerts_open",
            sqlite_where=sa.text("acknowledged_at IS NULL"),
            postgresql_where=sa.text("acknowledged_at IS NULL"),
        )

    op.drop_table("alerts")
    op.drop_table("webhook_endpoints")
    with op.batch_alter_table("text_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_text_codes_number_index")
        batch_op.drop_index("ix_text_codes_holder")
        batch_op.drop_index("ix_text_codes_expires_at")

    op.drop_table("text_codes")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_phone_index"))

    op.drop_table("staff")
    op.drop_table("site_settings")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_attempts_last_at"))

    op.drop_table("sign_in_attempts")
    op.drop_table("saved_filters")
    with op.batch_alter_table("outbound_calls", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbound_calls_unsettled",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.drop_index("ix_outbound_calls_subject")
        batch_op.drop_index("ix_outbound_calls_citizen_index")

    op.drop_table("outbound_calls")
    op.drop_table("message_opt_outs")
    with op.batch_alter_table("kept_recordings", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_kept_recordings_under_way",
            sqlite_where=sa.text("next_try_at IS NOT NULL"),
            postgresql_where=sa.text("next_try_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_kept_recordings_remote",
            sqlite_where=sa.text("remote = 'kept'"),
            postgresql_where=sa.text("remote = 'kept'"),
        )
        batch_op.drop_index(
            "ix_kept_recordings_expires_at",
            sqlite_where=sa.text("expires_at IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_kept_recordings_call_sid")

    op.drop_table("kept_recordings")
    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.drop_index("ix_households_village")
        batch_op.drop_index("ix_households_head_index")

    op.drop_table("households")
    with op.batch_alter_table("counted", schema=None) as batch_op:
        batch_op.drop_index("ix_counted_kind")
        batch_op.drop_index("ix_counted_at")

    op.drop_table("counted")
    with op.batch_alter_table("challenge_answers", schema=None) as batch_op:
        batch_op.drop_index("ix_challenge_answers_caller_index")

    op.drop_table("challenge_answers")
    op.drop_table("best_times")
    with op.batch_alter_table("bans", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_bans_standing",
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.drop_table("bans")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_target")
        batch_op.drop_index(batch_op.f("ix_audit_entries_at"))
        batch_op.drop_index("ix_audit_entries_actor")
        batch_op.drop_index("ix_audit_entries_act")

    op.drop_table("audit_entries")
