"""Sites."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "institution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "core_hospital",
                "national_centre",
                "jihs",
                "network",
                "partner",
                "fictional",
                name="InstitutionKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("prefecture_code", sa.String(), nullable=True),
        sa.Column("city_en", sa.String(), nullable=True),
        sa.Column("city_ja", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'fictional') = demo", name=op.f("ck_institution_only_the_fictional_are_demonstration")
        ),
        sa.ForeignKeyConstraint(["id"], ["organisation.id"], name=op.f("fk_institution_id")),
        sa.ForeignKeyConstraint(["prefecture_code"], ["concept.code"], name=op.f("fk_institution_prefecture_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("code", name=op.f("uq_institution_code")),
    )
    op.create_index(op.f("ix_institution_prefecture_code"), "institution", ["prefecture_code"], unique=False)
    op.create_table(
        "capacity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("phase_code", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "limited", "closed", name="CapacityState", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("trials_can_start", sa.Integer(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("note_en", sa.String(), nullable=True),
        sa.Column("note_ja", sa.String(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "trials_can_start IS NULL OR trials_can_start BETWEEN 0 AND 999", name=op.f("ck_capacity_trials_can_start")
        ),
        sa.ForeignKeyConstraint(["area_code"], ["concept.code"], name=op.f("fk_capacity_area_code")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_capacity_institution_id")),
        sa.ForeignKeyConstraint(["phase_code"], ["concept.code"], name=op.f("fk_capacity_phase_code")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_capacity_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity")),
    )
    op.create_index(
        "uq_capacity_current",
        "capacity",
        ["institution_id", "area_code", "phase_code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "curator_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_curator_note_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curator_note")),
        sa.UniqueConstraint("institution_id", "field", name=op.f("uq_curator_note_institution_id_field")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("capability_code", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "yes", "partly", "no", "unknown", name="FactState", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("note_en", sa.String(), nullable=True),
        sa.Column("note_ja", sa.String(), nullable=True),
        sa.Column(
            "source_kind",
            sa.Enum(
                "public_page",
                "site",
                "demonstration",
                name="SourceKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_url", sa.String(), nullable=True),
        sa.Column("further_sources", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("source_words", sa.String(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "dated",
            sa.Enum(
                "day",
                "month",
                "year",
                "fiscal_year",
                "read",
                name="Dated",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "source_kind <> 'public_page' OR coalesce(source_url, source_words) IS NOT NULL",
            name=op.f("ck_fact_a_page_has_an_address"),
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_fact_confirmed_when_and_by_whom")
        ),
        sa.ForeignKeyConstraint(["capability_code"], ["concept.code"], name=op.f("fk_fact_capability_code")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_fact_confirmed_by_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_fact_institution_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_fact_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index(op.f("ix_fact_capability_code"), "fact", ["capability_code"], unique=False)
    op.create_index(
        "ix_fact_current",
        "fact",
        ["institution_id", "capability_code"],
        unique=False,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "network_membership",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_network_membership_institution_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["institution.id"], name=op.f("fk_network_membership_network_id")),
        sa.PrimaryKeyConstraint("network_id", "institution_id", name=op.f("pk_network_membership")),
    )
    op.create_index(
        op.f("ix_network_membership_institution_id"), "network_membership", ["institution_id"], unique=False
    )
    op.create_table(
        "site_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("capability_code", sa.String(), nullable=True),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("text_ja", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["capability_code"], ["concept.code"], name=op.f("fk_site_question_capability_code")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_site_question_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_question")),
        sa.UniqueConstraint(
            "institution_id", "topic", "text_en", name=op.f("uq_site_question_institution_id_topic_text_en")
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("site_question")
    op.drop_index(op.f("ix_network_membership_institution_id"), table_name="network_membership")
    op.drop_table("network_membership")
    op.drop_index("ix_fact_current", table_name="fact", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_fact_capability_code"), table_name="fact")
    op.drop_table("fact")
    op.drop_table("curator_note")
    op.drop_index("uq_capacity_current", table_name="capacity", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_table("capacity")
    op.drop_index(op.f("ix_institution_prefecture_code"), table_name="institution")
    op.drop_table("institution")
