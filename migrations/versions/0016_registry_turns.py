"""Turns at a registry, and the pages that it gave."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "registry_turn",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_why", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(held_by IS NULL) = (held_until IS NULL)", name=op.f("ck_registry_turn_held_by_whom_and_until")
        ),
        sa.CheckConstraint(
            "(blocked_at IS NULL) = (blocked_why IS NULL)", name=op.f("ck_registry_turn_blocked_when_and_why")
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_registry_turn")),
    )
    op.create_table(
        "registry_page",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('ja', 'en')", name=op.f("ck_registry_page_language")),
        sa.PrimaryKeyConstraint("source", "number", "language", name=op.f("pk_registry_page")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("registry_page")
    op.drop_table("registry_turn")
