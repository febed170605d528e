"""Counting."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

READ_FOR_COUNTING = {
    "enquiry_value_n": "'is_mrct', 'condition', 'base_in_japan'",
    "enquiry_value_a": "'product_code'",
    "enquiry_value_w": (
        "'company_country', 'company_kind', 'company_behind', 'company_behind_country', 'company_behind_kind'"
    ),
}


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "counting_rule",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "event",
            sa.Enum("accepted", "met", name="CountedEvent", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("base_in_japan_excludes", sa.Boolean(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("name_ja", sa.String(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("text_ja", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_counting_rule_valid_to_after_from")
        ),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_counting_rule")),
    )
    op.create_table(
        "counting_choice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_counting_choice_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counting_choice")),
    )
    op.create_table(
        "target",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("a_year", sa.Boolean(), nullable=False),
        sa.Column("counted_here", sa.Boolean(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("name_ja", sa.String(), nullable=False),
        sa.Column("quote_ja", sa.String(), nullable=False),
        sa.Column("source_en", sa.String(), nullable=False),
        sa.Column("source_ja", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_target")),
    )
    op.create_table(
        "counting_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("include", "exclude", name="Decision", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_counting_decision_by_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_counting_decision_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counting_decision")),
    )
    op.create_index(
        op.f("ix_counting_decision_consultation_id"), "counting_decision", ["consultation_id"], unique=False
    )
    # What was decided and chosen stays on record.
    op.execute("REVOKE UPDATE, DELETE ON counting_decision, counting_choice FROM madoguchi_service")
    # While it counts, the service reads these fields of every enquiry for whoever may see figures, and no other
    # field; see app/kpi/queries/record.py.
    for table, fields in READ_FOR_COUNTING.items():
        op.execute(f"""
            CREATE POLICY read_for_counting ON {table} FOR SELECT USING (
                current_setting('madoguchi.standing', true) = 'counting' AND field IN ({fields})
            )
        """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in READ_FOR_COUNTING:
        op.execute(f"DROP POLICY read_for_counting ON {table}")
    op.drop_index(op.f("ix_counting_decision_consultation_id"), table_name="counting_decision")
    op.drop_table("counting_decision")
    op.drop_table("target")
    op.drop_table("counting_choice")
    op.drop_table("counting_rule")
