"""Facts kept: the service may add facts and supersede them once, and nothing else; freshness, checks, patients."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEPT = ("fact", "capacity", "eligible_patients", "freshness_period")
CURRENT = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_index("ix_fact_institution_id_recorded_at", "fact", ["institution_id", "recorded_at"])
    op.create_index(
        "uq_fact_own_word",
        "fact",
        ["institution_id", "capability_code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL AND source_kind IN ('site', 'demonstration')"),
    )
    for table in ("fact", "capacity"):
        op.create_check_constraint(
            op.f(f"ck_{table}_superseded_after_it_was_recorded"), table, "superseded_at >= recorded_at"
        )
    op.add_column("capacity", sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("capacity", "public", server_default=None)
    create_eligible_patients()
    create_verification()
    widen_site_question()
    keep_history()


def create_eligible_patients() -> None:
    op.create_table(
        "eligible_patients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("condition_code", sa.String(), nullable=False),
        sa.Column("a_year", sa.Integer(), nullable=True),
        sa.Column(
            "source_kind",
            sa.Enum(
                "site",
                "disease_registry",
                name="SourceOfPatients",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_words", sa.String(), nullable=True),
        sa.Column("source_url", sa.String(), nullable=True),
        sa.Column("note_en", sa.String(), nullable=True),
        sa.Column("note_ja", sa.String(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("a_year BETWEEN 0 AND 1000000", name=op.f("ck_eligible_patients_a_year")),
        sa.CheckConstraint(
            "source_kind = 'site' OR source_words IS NOT NULL", name=op.f("ck_eligible_patients_a_registry_is_named")
        ),
        sa.CheckConstraint(
            "superseded_at >= recorded_at", name=op.f("ck_eligible_patients_superseded_after_it_was_recorded")
        ),
        sa.ForeignKeyConstraint(["condition_code"], ["concept.code"], name=op.f("fk_eligible_patients_condition_code")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_eligible_patients_institution_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_eligible_patients_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligible_patients")),
    )
    op.create_index(
        "uq_eligible_patients_current",
        "eligible_patients",
        ["institution_id", "condition_code", "source_kind"],
        unique=True,
        postgresql_where=CURRENT,
    )


def create_verification() -> None:
    op.create_table(
        "fact_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["checked_by_id"], ["person.id"], name=op.f("fk_fact_check_checked_by_id")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_fact_check_fact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_check")),
    )
    op.create_index(op.f("ix_fact_check_fact_id"), "fact_check", ["fact_id"])
    op.create_table(
        "freshness_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("capability_code", sa.String(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("months BETWEEN 1 AND 120", name=op.f("ck_freshness_period_months")),
        sa.ForeignKeyConstraint(
            ["capability_code"], ["concept.code"], name=op.f("fk_freshness_period_capability_code")
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_freshness_period_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freshness_period")),
    )
    op.create_index(
        "uq_freshness_period_current", "freshness_period", ["capability_code"], unique=True, postgresql_where=CURRENT
    )


def widen_site_question() -> None:
    op.alter_column("site_question", "text_en", nullable=True)
    op.alter_column("site_question", "text_ja", nullable=True)
    op.add_column("site_question", sa.Column("fact_id", sa.Uuid(), nullable=True))
    op.add_column("site_question", sa.Column("asked_by_id", sa.Uuid(), nullable=True))
    op.add_column("site_question", sa.Column("answer", sa.String(), nullable=True))
    op.add_column("site_question", sa.Column("answered_by_id", sa.Uuid(), nullable=True))
    for column, target in (("fact_id", "fact"), ("asked_by_id", "person"), ("answered_by_id", "person")):
        op.create_foreign_key(op.f(f"fk_site_question_{column}"), "site_question", target, [column], ["id"])
    op.create_check_constraint(
        op.f("ck_site_question_asks_in_some_language"), "site_question", "coalesce(text_en, text_ja) IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_site_question_answered_when_and_by_whom"),
        "site_question",
        "(answered_at IS NULL) = (answered_by_id IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_site_question_an_answer_has_its_moment"),
        "site_question",
        "answer IS NULL OR answered_at IS NOT NULL",
    )
    op.drop_constraint(op.f("uq_site_question_institution_id_topic_text_en"), "site_question")
    op.create_index(
        "uq_site_question_of_the_seed",
        "site_question",
        ["institution_id", "topic", "text_en"],
        unique=True,
        postgresql_where=sa.text("asked_by_id IS NULL"),
    )
    op.create_index(op.f("ix_site_question_institution_id"), "site_question", ["institution_id"])


def keep_history() -> None:
    """Let the service end a row's time once, and change nothing else of it; checks are never changed."""
    op.execute("""
        CREATE FUNCTION history_is_not_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'what was superseded stays as it was' USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """)
    for table in KEPT:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM madoguchi_service")
        op.execute(f"GRANT UPDATE (superseded_at) ON {table} TO madoguchi_service")
        op.execute(
            f"CREATE TRIGGER history_is_not_rewritten BEFORE UPDATE ON {table} FOR EACH ROW"
            " WHEN (OLD.superseded_at IS NOT NULL) EXECUTE FUNCTION history_is_not_rewritten()"
        )
    op.execute("REVOKE UPDATE, DELETE ON fact_check FROM madoguchi_service")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in KEPT:
        op.execute(f"DROP TRIGGER history_is_not_rewritten ON {table}")
        op.execute(f"REVOKE UPDATE (superseded_at) ON {table} FROM madoguchi_service")
        op.execute(f"GRANT UPDATE, DELETE ON {table} TO madoguchi_service")
    op.execute("DROP FUNCTION history_is_not_rewritten")
    op.execute("DELETE FROM site_question WHERE asked_by_id IS NOT NULL OR text_en IS NULL OR text_ja IS NULL")
    op.drop_index(op.f("ix_site_question_institution_id"), "site_question")
    op.drop_index("uq_site_question_of_the_seed", "site_question")
    op.create_unique_constraint(
        op.f("uq_site_question_institution_id_topic_text_en"), "site_question", ["institution_id", "topic", "text_en"]
    )
    for name in ("asks_in_some_language", "answered_when_and_by_whom", "an_answer_has_its_moment"):
        op.drop_constraint(op.f(f"ck_site_question_{name}"), "site_question")
    for column in ("fact_id", "asked_by_id", "answered_by_id"):
        op.drop_constraint(op.f(f"fk_site_question_{column}"), "site_question")
        op.drop_column("site_question", column)
    op.drop_column("site_question", "answer")
    op.alter_column("site_question", "text_en", nullable=False)
    op.alter_column("site_question", "text_ja", nullable=False)
    op.drop_table("freshness_period")
    op.drop_table("fact_check")
    op.drop_table("eligible_patients")
    op.drop_column("capacity", "public")
    for table in ("fact", "capacity"):
        op.drop_constraint(op.f(f"ck_{table}_superseded_after_it_was_recorded"), table)
    op.drop_index("uq_fact_own_word", "fact")
    op.drop_index("ix_fact_institution_id_recorded_at", "fact")
