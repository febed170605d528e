"""What a trial is about stays in its row: two thousand of them are ranked for every page of hits."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("ALTER TABLE trial_head SET (toast_tuple_target = 8160)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("ALTER TABLE trial_head RESET (toast_tuple_target)")
