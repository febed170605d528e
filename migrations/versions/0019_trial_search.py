"""Trials made searchable: what each is chosen, counted and sorted by, and the words of all its records."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    codes = sa.ARRAY(sa.String())
    op.create_table(
        "trial_search",
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("phases", codes, nullable=False),
        sa.Column("areas", codes, nullable=False),
        sa.Column("modalities", codes, nullable=False),
        sa.Column("prefectures", codes, nullable=False),
        sa.Column("institutions", codes, nullable=False),
        sa.Column("registries", codes, nullable=False),
        sa.Column("first_in_human", sa.Boolean(), nullable=False),
        sa.Column("decentralised", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("overlong", sa.Boolean(), nullable=False),
        sa.Column("made_with", sa.String(), nullable=False),
        sa.Column("body", postgresql.TSVECTOR(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_search_trial_id")),
        sa.PrimaryKeyConstraint("trial_id", name=op.f("pk_trial_search")),
    )
    op.create_index("ix_trial_search_body", "trial_search", ["body"], postgresql_using="gin")
    op.create_index("ix_trial_search_choices", "trial_search", ["choices"], postgresql_using="gin")
    op.create_index("ix_trial_search_newest", "trial_search", ["registered_on", "trial_id"])
    op.create_table(
        "trial_head",
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("head", postgresql.TSVECTOR(), nullable=False),
        sa.Column("titled", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_head_trial_id")),
        sa.PrimaryKeyConstraint("trial_id", name=op.f("pk_trial_head")),
    )
    op.create_index("ix_trial_head_head", "trial_head", ["head"], postgresql_using="gin")
    op.create_table(
        "trial_choice",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("trials", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_choice")),
        sa.UniqueConstraint("field", "code", name=op.f("uq_trial_choice_field_code")),
    )
    # Words and text stand apart from what is counted and sorted; the planner, which would have to guess how often
    # words stand together, always asks the index.
    op.execute("ALTER TABLE trial_search SET (toast_tuple_target = 512)")
    for table, column in (
        ("trial_search", "body"),
        ("trial_search", "said"),
        ("trial_head", "head"),
        ("trial_head", "titled"),
    ):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    # The first two thousand hits that are ranked are the same ones on every page.
    op.execute("ALTER TABLE trial_head SET (parallel_workers = 0)")
    # What was loaded before becomes searchable as well.
    op.execute("INSERT INTO trial_touched (trial_id) SELECT DISTINCT trial_id FROM trial_record ORDER BY trial_id")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in ("trial_choice", "trial_head", "trial_search"):
        op.drop_table(table)
