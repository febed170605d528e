"""Consultations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "consultation_number",
        sa.Column("fiscal_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fiscal_year", name=op.f("pk_consultation_number")),
    )
    op.create_table(
        "referral_service",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("name_ja", sa.String(), nullable=False),
        sa.Column("scope_en", sa.String(), nullable=False),
        sa.Column("scope_ja", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_referral_service")),
    )
    op.create_table(
        "consultation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "referred",
                "out_of_scope",
                "withdrawn",
                "merged",
                "closed",
                name="CaseState",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("referred_to_code", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f("ck_consultation_merged_says_into_what")
        ),
        sa.CheckConstraint(
            "(state = 'referred') = (referred_to_code IS NOT NULL)", name=op.f("ck_consultation_referred_says_where")
        ),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL)", name=op.f("ck_consultation_accepted_when_and_by_whom")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_consultation_closed_when_and_by_whom")
        ),
        sa.CheckConstraint(
            "met_at IS NULL OR accepted_at IS NOT NULL", name=op.f("ck_consultation_met_only_when_accepted")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_consultation_ended_cases_have_a_moment")
        ),
        sa.CheckConstraint("stage BETWEEN 0 AND 11", name=op.f("ck_consultation_stage_of_the_path")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["person.id"], name=op.f("fk_consultation_accepted_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_consultation_closed_by_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_consultation_enquiry_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["consultation.id"], name=op.f("fk_consultation_merged_into_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_consultation_organisation_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_consultation_owner_id")),
        sa.ForeignKeyConstraint(
            ["referred_to_code"], ["referral_service.code"], name=op.f("fk_consultation_referred_to_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("enquiry_id", name=op.f("uq_consultation_enquiry_id")),
        sa.UniqueConstraint("number", name=op.f("uq_consultation_number")),
    )
    op.create_index(op.f("ix_consultation_organisation_id"), "consultation", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_consultation_state"), "consultation", ["state"], unique=False)
    op.create_table(
        "asked_site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("interested", "later", "no", name="Answer", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("answer_note", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "selected",
                "on_hold",
                "not_selected",
                "declined",
                "no_answer",
                "withdrawn",
                name="Outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("outcome_reason_en", sa.String(), nullable=True),
        sa.Column("outcome_reason_ja", sa.String(), nullable=True),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "outcome <> 'on_hold' OR reply_by IS NOT NULL", name=op.f("ck_asked_site_on_hold_has_a_reply_by_date")
        ),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_asked_site_answered_when")),
        sa.CheckConstraint("(outcome IS NULL) = (outcome_at IS NULL)", name=op.f("ck_asked_site_outcome_when")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_asked_site_answered_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_asked_site_asked_by_id")),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_asked_site_consultation_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_asked_site_institution_id")),
        sa.ForeignKeyConstraint(["outcome_by_id"], ["person.id"], name=op.f("fk_asked_site_outcome_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_site")),
        sa.UniqueConstraint(
            "consultation_id", "institution_id", name=op.f("uq_asked_site_consultation_id_institution_id")
        ),
    )
    op.create_index(op.f("ix_asked_site_institution_id"), "asked_site", ["institution_id"], unique=False)
    op.create_table(
        "consultation_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_consultation_event_by_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_consultation_event_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_event")),
    )
    op.create_index(
        "ix_consultation_event_consultation_id_at", "consultation_event", ["consultation_id", "at"], unique=False
    )
    op.create_table(
        "intake_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "online", "in_person", "telephone", name="Mode", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("participants", sa.String(), nullable=False),
        sa.Column("minutes_en", sa.String(), nullable=False),
        sa.Column("minutes_ja", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_intake_meeting_consultation_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_intake_meeting_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_meeting")),
        sa.UniqueConstraint("consultation_id", "held_at", name=op.f("uq_intake_meeting_consultation_id_held_at")),
    )
    op.create_table(
        "released_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("match_run_id", sa.Uuid(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_released_list_consultation_id")
        ),
        sa.ForeignKeyConstraint(["match_run_id"], ["match_run.id"], name=op.f("fk_released_list_match_run_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["person.id"], name=op.f("fk_released_list_released_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_list")),
    )
    op.create_index(op.f("ix_released_list_consultation_id"), "released_list", ["consultation_id"], unique=False)
    op.create_table(
        "released_site",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column(
            "band",
            sa.Enum(
                "ready",
                "possible_ask",
                "not_now",
                "cannot",
                name="Band",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_released_site_institution_id")),
        sa.ForeignKeyConstraint(["list_id"], ["released_list.id"], name=op.f("fk_released_site_list_id")),
        sa.PrimaryKeyConstraint("list_id", "institution_id", name=op.f("pk_released_site")),
    )
    # The log of a case only grows.
    op.execute("REVOKE UPDATE, DELETE ON consultation_event FROM madoguchi_service")
    # A site that was asked may read what is not confidential of that request, and nothing of the other tiers.
    op.execute("""
        CREATE POLICY read_by_asked_site ON enquiry_value_n FOR SELECT USING (
            EXISTS (
                SELECT FROM asked_site
                JOIN consultation ON consultation.id = asked_site.consultation_id
                WHERE consultation.enquiry_id = enquiry_value_n.enquiry_id
                AND asked_site.institution_id::text
                    = ANY (string_to_array(current_setting('madoguchi.organisations', true), ','))
            )
        )
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("DROP POLICY read_by_asked_site ON enquiry_value_n")
    op.drop_table("released_site")
    op.drop_index(op.f("ix_released_list_consultation_id"), table_name="released_list")
    op.drop_table("released_list")
    op.drop_table("intake_meeting")
    op.drop_index("ix_consultation_event_consultation_id_at", table_name="consultation_event")
    op.drop_table("consultation_event")
    op.drop_index(op.f("ix_asked_site_institution_id"), table_name="asked_site")
    op.drop_table("asked_site")
    op.drop_index(op.f("ix_consultation_state"), table_name="consultation")
    op.drop_index(op.f("ix_consultation_organisation_id"), table_name="consultation")
    op.drop_table("consultation")
    op.drop_table("referral_service")
    op.drop_table("consultation_number")
