"""Trials that were touched by a load and are still to be followed up: linked to institutions and made searchable."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "trial_touched",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_touched")),
    )
    # What was loaded before is followed up as well.
    op.execute("INSERT INTO trial_touched (trial_id) SELECT id FROM trial ORDER BY created_at, id")
    op.execute("REVOKE UPDATE ON trial_touched FROM madoguchi_service")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("trial_touched")
