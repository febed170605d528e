"""Versions of trial records: the text as it was written, which need not be taken apart to be stored."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("ALTER TABLE record_version ALTER COLUMN content TYPE json USING content::text::json")
    op.execute("ALTER TABLE record_version ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("ALTER TABLE record_version ALTER COLUMN content TYPE jsonb USING content::text::jsonb")
    op.execute("ALTER TABLE record_version ALTER COLUMN content SET STORAGE EXTERNAL")
