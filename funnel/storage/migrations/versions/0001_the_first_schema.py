"""The first schema."""

import sqlalchemy as sa
from alembic import op

from funnel.storage.database import Instant, Json, Serial

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "audit",
        sa.Column("id", Serial, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offset_micros", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    op.create_table(
        "events",
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("recorded_at", "id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_lead", "events", ["lead_id", "recorded_at"], unique=False)

    op.create_table(
        "intake_keys",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_intake_keys")),
    )
    op.create_index(op.f("ix_intake_keys_recorded_at"), "intake_keys", ["recorded_at"], unique=False)

    op.create_table(
        "leads",
        sa.Column("id", Serial, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=True),
        sa.Column("email_proven", sa.Boolean(), nullable=False),
        sa.Column("unsubscribed", sa.Boolean(), nullable=False),
        sa.Column("source", Json, nullable=False),
        sa.Column("consents", Json, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("email_key", name=op.f("uq_leads_email_key")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "publications",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_publications")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "suppressions",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "users",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_login_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_users")),
        sa.UniqueConstraint("id", name=op.f("uq_users_id")),
    )
    op.create_table(
        "versions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("first_published_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_versions")),
    )
    op.create_table(
        "answers",
        sa.Column("number", Serial, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("questionnaire", sa.String(length=64), nullable=False),
        sa.Column("completed_at", Instant(), nullable=False),
        sa.Column("values", Json, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("themes", Json, nullable=False),
        sa.Column("band", sa.String(length=64), nullable=True),
        sa.Column("follow_up", sa.String(length=64), nullable=True),
        sa.Column("scenario", sa.String(length=64), nullable=True),
        sa.Column("pass_number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_answers")),
        sa.UniqueConstraint("id", name=op.f("uq_answers_id")),
    )
    op.create_index(op.f("ix_answers_lead_id"), "answers", ["lead_id"], unique=False)

    op.create_table(
        "appointments",
        sa.Column("id", Serial, nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("rep", sa.String(length=64), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("scenario", sa.String(length=64), nullable=True),
        sa.Column("pass_number", sa.Integer(), nullable=True),
        sa.Column("booked_by", sa.String(length=64), nullable=False),
        sa.Column("booked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_lead_id"), "appointments", ["lead_id"], unique=False)
    op.create_index("ix_appointments_rep", "appointments", ["rep", "starts_at"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", Serial, nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_hash", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_lead_id", "consents", ["lead_id", "purpose"], unique=False)

    op.create_table(
        "enrolments",
        sa.Column("id", Serial, nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("scenario", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("step", sa.String(length=128), nullable=True),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("base_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("mail", sa.String(length=200), nullable=True),
        sa.Column("happened", Json, nullable=False),
        sa.Column("ended_because", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint(
            "lead_id", "scenario", "pass_number", name=op.f("uq_enrolments_lead_id_scenario_pass_number")
        ),
    )
    op.create_index(
        "ix_enrolments_due",
        "enrolments",
        ["due_at", "lead_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'awaiting')"),
        sqlite_where=sa.text("state IN ('waiting', 'awaiting')"),
    )

    op.create_table(
        "facts",
        sa.Column("id", Serial, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("rep", sa.String(length=64), nullable=True),
        sa.Column("team", sa.String(length=64), nullable=True),
        sa.Column("lead_id", Serial, nullable=True),
        sa.Column("account", sa.String(length=200), nullable=True),
        sa.Column("offer", sa.Text(), nullable=True),
        sa.Column("scenario", sa.String(length=64), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("corrects", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
        sa.UniqueConstraint("key", name=op.f("uq_facts_key")),
    )
    op.create_index("ix_facts_kind", "facts", ["kind", "occurred_at"], unique=False)

    op.create_table(
        "handoffs",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("rep", sa.String(length=64), nullable=False),
        sa.Column("because", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("missing", Json, nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
    )
    op.create_index("ix_handoffs_lead_id", "handoffs", ["lead_id"], unique=False)
    op.create_index(op.f("ix_handoffs_rep"), "handoffs", ["rep"], unique=False)
    op.create_index(
        "uq_handoffs_open",
        "handoffs",
        ["lead_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('offered', 'accepted')"),
        sqlite_where=sa.text("state IN ('offered', 'accepted')"),
    )

    op.create_table(
        "holds",
        sa.Column("id", Serial, nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("rep", sa.String(length=64), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_lead_id"), "holds", ["lead_id"], unique=False)
    op.create_index(op.f("ix_holds_until"), "holds", ["until"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", Serial, nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("lead_id", Serial, nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("message", sa.String(length=160), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=True),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=True),
        sa.Column("scenario", sa.String(length=64), nullable=True),
        sa.Column("pass_number", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=128), nullable=True),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("frozen", Json, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("left_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(op.f("ix_outbox_lead_id"), "outbox", ["lead_id"], unique=False)
    op.create_index(
        "ix_outbox_lease",
        "outbox",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('claimed', 'attempting')"),
        sqlite_where=sa.text("state IN ('claimed', 'attempting')"),
    )
    op.create_index(
        "ix_outbox_ready",
        "outbox",
        ["channel", "not_before", "planned_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'ready'"),
        sqlite_where=sa.text("state = 'ready'"),
    )
    op.create_index(
        "ix_outbox_untold",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("tells AND NOT told"),
        sqlite_where=sa.text("tells AND NOT told"),
    )

    op.create_table(
        "score_entries",
        sa.Column("id", Serial, nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_entries")),
    )
    op.create_index(op.f("ix_score_entries_lead_id"), "score_entries", ["lead_id"], unique=False)

    op.create_table(
        "submissions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("scenario", sa.String(length=64), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("source", Json, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
    )
    op.create_index(op.f("ix_submissions_lead_id"), "submissions", ["lead_id"], unique=False)

    op.create_table(
        "tags",
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("lead_id", "tag", name=op.f("pk_tags")),
    )
    op.create_index("ix_tags_tag", "tags", ["tag"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("lead_id", Serial, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("call", sa.String(length=64), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("rep", sa.String(length=64), nullable=True),
        sa.Column("team", sa.String(length=64), nullable=True),
        sa.Column("scenario", sa.String(length=64), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["leads.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_lead_id"), "tasks", ["lead_id"], unique=False)
    op.create_index(op.f("ix_tasks_rep"), "tasks", ["rep"], unique=False)

    op.create_table(
        "version_files",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["blob"],
            ["blobs.sha256"],
        ),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["versions.digest"],
        ),
        sa.PrimaryKeyConstraint("digest", "path", name=op.f("pk_version_files")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", Serial, nullable=False),
        sa.Column("outbox_id", Serial, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_outbox_id"), "attempts", ["outbox_id"], unique=False)

    op.create_table(
        "diary_cells",
        sa.Column("rep", sa.String(length=64), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("appointment_id", Serial, nullable=True),
        sa.Column("hold_id", Serial, nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"],
            ["holds.id"],
        ),
        sa.PrimaryKeyConstraint("rep", "cell", name=op.f("pk_diary_cells")),
    )
    op.create_index(op.f("ix_diary_cells_appointment_id"), "diary_cells", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_diary_cells_hold_id"), "diary_cells", ["hold_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("diary_cells")
    op.drop_table("attempts")
    op.drop_table("version_files")
    op.drop_table("tasks")
    op.drop_table("tags")
    op.drop_table("submissions")
    op.drop_table("score_entries")
    op.drop_table("outbox")
    op.drop_table("holds")
    op.drop_table("handoffs")
    op.drop_table("facts")
    op.drop_table("enrolments")
    op.drop_table("consents")
    op.drop_table("appointments")
    op.drop_table("answers")
    op.drop_table("versions")
    op.drop_table("users")
    op.drop_table("suppressions")
    op.drop_table("secrets")
    op.drop_table("publications")
    op.drop_table("leases")
    op.drop_table("leads")
    op.drop_table("intake_keys")
    op.drop_table("events")
    op.drop_table("clock")
    op.drop_table("blobs")
    op.drop_table("audit")
