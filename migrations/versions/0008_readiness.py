"""Regulatory steps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORDS = ("title", "when", "who", "counterpart", "note", "documents", "language", "open")


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    clock = sa.Enum(
        "none",
        "statutory",
        "administrative_guideline",
        "consultation_schedule",
        "site_practice",
        "estimate",
        name="Clock",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "regulatory_step",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        *(sa.Column(f"{name}_{language}", sa.String(), nullable=False) for name in WORDS for language in ("en", "ja")),
        sa.Column("applies_to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("legal_basis_ja", sa.String(), nullable=False),
        sa.Column("days_min", sa.Integer(), nullable=True),
        sa.Column("days_max", sa.Integer(), nullable=True),
        sa.Column("clock", clock, nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "days_max IS NULL OR days_min IS NULL OR days_max >= days_min", name=op.f("ck_regulatory_step_days")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regulatory_step")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("regulatory_step")
