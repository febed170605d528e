"""Facility texts of trial records, what they stand for, and what the window decided of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WHYS = (
    "named", "named_at_place", "decided", "more_words", "other_place", "body_only", "shared_name", "abbreviation",
    "misspelt", "several", "second_hospital", "languages_differ", "decided_none", "other_hospital", "masked", "no_name",
    "empty",
)  # fmt: skip


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    create_facility()
    op.create_table(
        "facility_decision",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", choice("Verdict", "institution", "none", "undisclosed", "rule"), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_facility_decision_number")),
        sa.CheckConstraint(
            "(verdict = 'institution') = (institution_id IS NOT NULL)",
            name=op.f("ck_facility_decision_names_its_institution"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_facility_decision_facility_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_facility_decision_institution_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_facility_decision_decided_by_id")),
        sa.PrimaryKeyConstraint("facility_id", "number", name=op.f("pk_facility_decision")),
    )
    op.create_table(
        "site_link",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["trial_record.id"], name=op.f("fk_site_link_record_id")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_site_link_facility_id")),
        sa.PrimaryKeyConstraint("record_id", "position", name=op.f("pk_site_link")),
    )
    op.create_index("ix_site_link_facility_id_record_id", "site_link", ["facility_id", "record_id"])
    # A decision is never changed or taken away: another one is added. What is derived may be worked anew.
    op.execute("REVOKE UPDATE, DELETE ON facility_decision FROM madoguchi_service")
    op.execute("REVOKE DELETE ON facility FROM madoguchi_service")
    op.execute("REVOKE UPDATE ON site_link FROM madoguchi_service")
    # What was loaded before is linked as well.
    op.execute("INSERT INTO trial_touched (trial_id) SELECT id FROM trial ORDER BY created_at, id")


def create_facility() -> None:
    op.create_table(
        "facility",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("text_ja", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("prefecture", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", choice("Why", *WHYS), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("standing", choice("Standing", "open", "decided", "linked", "unlinked"), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_facility_score")),
        sa.CheckConstraint("decision >= 0", name=op.f("ck_facility_decision")),
        sa.ForeignKeyConstraint(["proposed_id"], ["institution.id"], name=op.f("fk_facility_proposed_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_facility_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
    )
    linked = sa.text("institution_id IS NOT NULL")
    op.create_index("ix_facility_institution_id", "facility", ["institution_id"], postgresql_where=linked)
    op.create_index("ix_facility_standing_first_seen_at", "facility", ["standing", "first_seen_at", "id"])


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in ("site_link", "facility_decision", "facility"):
        op.drop_table(table)
