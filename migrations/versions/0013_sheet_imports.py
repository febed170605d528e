"""Files that coordinators send in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "sheet_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by_id", sa.Uuid(), nullable=True),
        sa.Column("facts_changed", sa.Integer(), nullable=False),
        sa.Column("rooms_changed", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(applied_at IS NULL) = (applied_by_id IS NULL)", name=op.f("ck_sheet_import_applied_when_and_by_whom")
        ),
        sa.CheckConstraint("applied_at IS NULL OR content IS NULL", name=op.f("ck_sheet_import_applied_once")),
        sa.ForeignKeyConstraint(["applied_by_id"], ["person.id"], name=op.f("fk_sheet_import_applied_by_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_sheet_import_institution_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_sheet_import_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_import")),
    )
    op.create_index("ix_sheet_import_institution_id_uploaded_at", "sheet_import", ["institution_id", "uploaded_at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("sheet_import")
