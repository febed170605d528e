"""Runs of a sync, what they refused, how each source stands, and files that wait to be read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _source() -> sa.Enum:
    return _choice("Source", "jrct", "ctgov", "ictrp")


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "source_state",
        sa.Column("source", _source(), nullable=False),
        sa.Column("watermark", sa.String(), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by_id", sa.Uuid(), nullable=True),
        sa.Column("layout_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("layout_item", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(layout_changed_at IS NULL) = (layout_item IS NULL)", name=op.f("ck_source_state_layout_when_and_what")
        ),
        sa.CheckConstraint(
            "paused_at IS NOT NULL OR paused_by_id IS NULL", name=op.f("ck_source_state_paused_by_whom")
        ),
        sa.ForeignKeyConstraint(["paused_by_id"], ["person.id"], name=op.f("fk_source_state_paused_by_id")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_state")),
    )
    op.create_table(
        "sync_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", _source(), nullable=True),
        sa.Column("kind", _choice("RunKind", "sync", "record", "file"), nullable=False),
        sa.Column(
            "state",
            _choice("RunState", "waiting", "running", "paused", "done", "failed", "stopped"),
            nullable=False,
        ),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", postgresql.JSONB(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("older", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("missing", postgresql.JSONB(), nullable=False),
        sa.Column("reason", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.CheckConstraint("source IS NOT NULL OR kind = 'file'", name=op.f("ck_sync_run_source_unless_file")),
        sa.CheckConstraint("(kind = 'record') = (number IS NOT NULL)", name=op.f("ck_sync_run_number_of_a_record")),
        sa.CheckConstraint("(kind = 'file') = (name IS NOT NULL)", name=op.f("ck_sync_run_name_of_a_file")),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('done', 'failed', 'stopped'))", name=op.f("ck_sync_run_ended_when")
        ),
        sa.CheckConstraint(
            "reason IS NOT NULL OR state NOT IN ('failed', 'stopped')", name=op.f("ck_sync_run_ended_why")
        ),
        sa.CheckConstraint(
            "least(new, changed, same, older, refused, passed, step) >= 0", name=op.f("ck_sync_run_counts")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_sync_run_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_run")),
    )
    op.create_index("ix_sync_run_source_asked_at", "sync_run", ["source", "asked_at"])
    op.create_index("ix_sync_run_asked_at", "sync_run", ["asked_at"])
    op.create_index(
        "uq_sync_run_unfinished",
        "sync_run",
        ["source"],
        unique=True,
        postgresql_where=sa.text("kind = 'sync' AND state <> 'done'"),
    )
    op.create_index(
        "uq_sync_run_number",
        "sync_run",
        ["source", "number"],
        unique=True,
        postgresql_where=sa.text("kind = 'record' AND state IN ('waiting', 'running')"),
    )
    op.create_table(
        "sync_refusal",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("reason", postgresql.JSONB(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["sync_run.id"], name=op.f("fk_sync_refusal_run_id")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_sync_refusal")),
    )
    op.create_table(
        "sync_seen",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["sync_run.id"], name=op.f("fk_sync_seen_run_id")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_sync_seen")),
    )
    op.create_table(
        "sync_chunk",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["sync_run.id"], name=op.f("fk_sync_chunk_run_id")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_sync_chunk")),
    )
    op.execute("REVOKE DELETE ON source_state, sync_run FROM madoguchi_service")
    op.execute("REVOKE UPDATE, DELETE ON sync_refusal FROM madoguchi_service")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in ("sync_chunk", "sync_seen", "sync_refusal", "sync_run", "source_state"):
        op.drop_table(table)
