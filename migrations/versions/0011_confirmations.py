"""Monthly confirmations."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "confirmation_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("EXTRACT(day FROM month) = 1", name=op.f("ck_confirmation_round_month_is_its_first_day")),
        sa.CheckConstraint("expires_at > opened_at", name=op.f("ck_confirmation_round_expires_after_it_opened")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_confirmation_round_answered_when_and_by_whom"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_confirmation_round_institution_id")
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_confirmation_round_opened_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_confirmation_round_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_round")),
        sa.UniqueConstraint("institution_id", "month", name=op.f("uq_confirmation_round_institution_id_month")),
    )
    op.create_index(
        "ix_confirmation_round_open",
        "confirmation_round",
        ["opened_at"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "confirmation_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["confirmation_round.id"], name=op.f("fk_confirmation_link_round_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_confirmation_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_link")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_confirmation_link_round_id_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_confirmation_link_token_hash")),
    )
    op.create_table(
        "confirmation_reminder",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_confirmation_reminder_number")),
        sa.CheckConstraint("recipients > 0", name=op.f("ck_confirmation_reminder_recipients")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["confirmation_round.id"], name=op.f("fk_confirmation_reminder_round_id")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_confirmation_reminder_sent_by_id")),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_confirmation_reminder")),
        sa.UniqueConstraint("round_id", "day", name=op.f("uq_confirmation_reminder_round_id_day")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("confirmation_reminder")
    op.drop_table("confirmation_link")
    op.drop_index(
        "ix_confirmation_round_open", table_name="confirmation_round", postgresql_where=sa.text("answered_at IS NULL")
    )
    op.drop_table("confirmation_round")
