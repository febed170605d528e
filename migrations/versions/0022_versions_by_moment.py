"""Which versions were read while a run was under way: an index by the moment, small because versions are only added."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting lock.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_index("ix_record_version_read_at", "record_version", ["read_at"], postgresql_using="brin")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_index("ix_record_version_read_at", table_name="record_version")
