"""Enquiries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "confidentiality_terms",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("text_ja", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_confidentiality_terms")),
    )
    op.create_table(
        "registry_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "reading",
                "read",
                "failed",
                name="ReadingState",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("study", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("from_file", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("visitor_hash", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_registry_reading_failed_says_why")
        ),
        sa.CheckConstraint("(state = 'read') = (study IS NOT NULL)", name=op.f("ck_registry_reading_read_has_a_study")),
        sa.CheckConstraint(
            "asked_by_id IS NOT NULL OR visitor_hash IS NOT NULL", name=op.f("ck_registry_reading_asked_by_somebody")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_registry_reading_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_reading")),
    )
    op.create_index("ix_registry_reading_visitor_hash", "registry_reading", ["visitor_hash"], unique=False)
    op.create_table(
        "registry_pace",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_registry_pace")),
    )
    op.create_table(
        "terms_acceptance",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_terms_acceptance_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_terms_acceptance_person_id")),
        sa.ForeignKeyConstraint(
            ["version"], ["confidentiality_terms.version"], name=op.f("fk_terms_acceptance_version")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "version", name=op.f("pk_terms_acceptance")),
    )
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "draft",
                "submitted",
                "withdrawn",
                name="EnquiryStage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(stage = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_enquiry_withdrawn_has_a_moment")
        ),
        sa.CheckConstraint(
            "stage <> 'submitted' OR submitted_at IS NOT NULL", name=op.f("ck_enquiry_submitted_has_a_moment")
        ),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (submitted_by_id IS NULL)", name=op.f("ck_enquiry_submitted_when_and_by_whom")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name=op.f("ck_enquiry_withdrawn_when_and_by_whom")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_enquiry_created_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_enquiry_organisation_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["registry_reading.id"], name=op.f("fk_enquiry_reading_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name=op.f("fk_enquiry_submitted_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_enquiry_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
    )
    op.create_index(op.f("ix_enquiry_organisation_id"), "enquiry", ["organisation_id"], unique=False)
    op.create_table(
        "enquiry_value_a",
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("as_read", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "source",
            sa.Enum("typed", "registry", name="ValueSource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("source_ref", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_enquiry_value_a_confirmed_by_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_value_a_enquiry_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_enquiry_value_a_organisation_id")
        ),
        sa.ForeignKeyConstraint(["updated_by_id"], ["person.id"], name=op.f("fk_enquiry_value_a_updated_by_id")),
        sa.PrimaryKeyConstraint("enquiry_id", "field", name=op.f("pk_enquiry_value_a")),
    )
    op.create_index(op.f("ix_enquiry_value_a_organisation_id"), "enquiry_value_a", ["organisation_id"], unique=False)
    op.create_table(
        "enquiry_value_n",
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("as_read", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "source",
            sa.Enum("typed", "registry", name="ValueSource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("source_ref", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_enquiry_value_n_confirmed_by_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_value_n_enquiry_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_enquiry_value_n_organisation_id")
        ),
        sa.ForeignKeyConstraint(["updated_by_id"], ["person.id"], name=op.f("fk_enquiry_value_n_updated_by_id")),
        sa.PrimaryKeyConstraint("enquiry_id", "field", name=op.f("pk_enquiry_value_n")),
    )
    op.create_index(op.f("ix_enquiry_value_n_organisation_id"), "enquiry_value_n", ["organisation_id"], unique=False)
    op.create_table(
        "enquiry_value_w",
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("as_read", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "source",
            sa.Enum("typed", "registry", name="ValueSource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("source_ref", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_enquiry_value_w_confirmed_by_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_value_w_enquiry_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_enquiry_value_w_organisation_id")
        ),
        sa.ForeignKeyConstraint(["updated_by_id"], ["person.id"], name=op.f("fk_enquiry_value_w_updated_by_id")),
        sa.PrimaryKeyConstraint("enquiry_id", "field", name=op.f("pk_enquiry_value_w")),
    )
    op.create_index(op.f("ix_enquiry_value_w_organisation_id"), "enquiry_value_w", ["organisation_id"], unique=False)
    # The record of accepted terms only grows.
    op.execute("REVOKE UPDATE, DELETE ON terms_acceptance FROM madoguchi_service")
    # The second lock under the rules of the service: without a standing, no row; see app/identity/standing.py.
    # Officers read what was submitted, never a draft.
    submitted_and_staff = """
        current_setting('madoguchi.standing', true) = 'staff'
        AND EXISTS (SELECT FROM enquiry WHERE enquiry.id = enquiry_id AND enquiry.submitted_at IS NOT NULL)
    """
    for table in ("enquiry_value_n", "enquiry_value_a", "enquiry_value_w"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"""
            CREATE POLICY own ON {table} USING (
                current_setting('madoguchi.standing', true) = 'service'
                OR organisation_id::text
                    = ANY (string_to_array(current_setting('madoguchi.organisations', true), ','))
            )
        """)
        op.execute(f"CREATE POLICY read_by_staff ON {table} FOR SELECT USING ({submitted_and_staff})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_index(op.f("ix_enquiry_value_w_organisation_id"), table_name="enquiry_value_w")
    op.drop_table("enquiry_value_w")
    op.drop_index(op.f("ix_enquiry_value_n_organisation_id"), table_name="enquiry_value_n")
    op.drop_table("enquiry_value_n")
    op.drop_index(op.f("ix_enquiry_value_a_organisation_id"), table_name="enquiry_value_a")
    op.drop_table("enquiry_value_a")
    op.drop_index(op.f("ix_enquiry_organisation_id"), table_name="enquiry")
    op.drop_table("enquiry")
    op.drop_table("terms_acceptance")
    op.drop_index("ix_registry_reading_visitor_hash", table_name="registry_reading")
    op.drop_table("registry_reading")
    op.drop_table("registry_pace")
    op.drop_table("confidentiality_terms")
