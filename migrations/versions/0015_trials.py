"""Trials: what registries say, every version of it, and which records are one trial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("trial", "trial_record", "record_version", "record_number", "record_site")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_into_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["joined_into_id"], ["trial.id"], name=op.f("fk_trial_joined_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )
    create_trial_record()
    op.create_table(
        "record_version",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["trial_record.id"], name=op.f("fk_record_version_record_id")),
        sa.PrimaryKeyConstraint("record_id", "version", name=op.f("pk_record_version")),
    )
    # Compressing the documents would take most of the time of a load; disk is cheaper (README, Measurements).
    op.execute("ALTER TABLE record_version ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "record_number",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["trial_record.id"], name=op.f("fk_record_number_record_id")),
        sa.PrimaryKeyConstraint("record_id", "value", name=op.f("pk_record_number")),
    )
    op.create_index("ix_record_number_value", "record_number", ["value"])
    create_record_site()
    # What a source has said is never changed; a record and its trial stay, their numbers and sites follow the newest.
    op.execute("REVOKE UPDATE, DELETE ON record_version FROM madoguchi_service")
    op.execute("REVOKE DELETE ON trial, trial_record FROM madoguchi_service")
    op.execute("REVOKE UPDATE ON record_number, record_site FROM madoguchi_service")


def create_trial_record() -> None:
    op.create_table(
        "trial_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("jrct", "ctgov", "ictrp", name="Source", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_on", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("title_en", sa.String(), nullable=True),
        sa.Column("title_ja", sa.String(), nullable=True),
        sa.Column("sponsor_en", sa.String(), nullable=True),
        sa.Column("sponsor_ja", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("study_type", sa.String(), nullable=True),
        sa.Column("phases", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("modalities", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("first_in_human", sa.Boolean(), nullable=False),
        sa.Column("decentralised", sa.Boolean(), nullable=False),
        sa.Column("international", sa.Boolean(), nullable=True),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_trial_record_version")),
        sa.CheckConstraint(
            "last_seen_at >= first_seen_at", name=op.f("ck_trial_record_seen_again_after_it_was_first_seen")
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name=op.f("fk_trial_record_trial_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_record")),
        sa.UniqueConstraint("source", "number", name=op.f("uq_trial_record_source_number")),
    )
    leads = sa.text("leads")
    op.create_index("ix_trial_record_trial_id", "trial_record", ["trial_id"])
    op.create_index("ix_trial_record_newest", "trial_record", ["registered_on", "id"], postgresql_where=leads)
    op.create_index("uq_trial_record_leads", "trial_record", ["trial_id"], unique=True, postgresql_where=leads)


def create_record_site() -> None:
    op.create_table(
        "record_site",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("facility_en", sa.String(), nullable=True),
        sa.Column("facility_ja", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("prefecture_code", sa.String(), nullable=True),
        sa.Column("country_code", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("disclosed", sa.Boolean(), nullable=False),
        sa.Column("undisclosed_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["trial_record.id"], name=op.f("fk_record_site_record_id")),
        sa.PrimaryKeyConstraint("record_id", "position", name=op.f("pk_record_site")),
    )
    op.create_index("ix_record_site_prefecture_code_record_id", "record_site", ["prefecture_code", "record_id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in reversed(TABLES):
        op.drop_table(table)
