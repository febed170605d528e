"""Partners and networks."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CURRENT = sa.text("superseded_at IS NULL")
OLD_KINDS = ("core_hospital", "national_centre", "jihs", "network", "partner", "fictional")
NEW_KINDS = (*OLD_KINDS, "partner_clinic", "nurse_station", "satellite")
OLD_SOURCES = ("public_page", "site", "demonstration")
NEW_SOURCES = (*OLD_SOURCES, "hub")


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    _choose_among("institution", "kind", "InstitutionKind", NEW_KINDS)
    op.drop_constraint(op.f("ck_institution_only_the_fictional_are_demonstration"), "institution")
    op.create_check_constraint(
        op.f("ck_institution_the_fictional_are_demonstration"), "institution", "kind <> 'fictional' OR demo"
    )
    _choose_among("fact", "source_kind", "SourceKind", NEW_SOURCES)
    op.add_column("fact", sa.Column("hub_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_fact_hub_id"), "fact", "institution", ["hub_id"], ["id"])
    op.create_index(
        "uq_fact_hub_current",
        "fact",
        ["institution_id", "capability_code", "hub_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL AND hub_id IS NOT NULL"),
    )
    op.create_check_constraint(
        op.f("ck_fact_the_word_of_a_hub_names_it"), "fact", "source_kind <> 'hub' OR hub_id IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_fact_nobody_confirms_for_another"), "fact", "hub_id IS NULL OR confirmed_at IS NULL"
    )
    _create_partnership()
    # Nothing ever wrote a membership: the table is made anew with its source, its date and its history.
    op.drop_table("network_membership")
    _create_network_membership()
    for table in ("partnership", "network_membership"):
        # As for facts: the service ends a row's time once, and changes nothing else of it.
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM madoguchi_service")
        op.execute(f"GRANT UPDATE (superseded_at) ON {table} TO madoguchi_service")
        op.execute(
            f"CREATE TRIGGER history_is_not_rewritten BEFORE UPDATE ON {table} FOR EACH ROW"
            " WHEN (OLD.superseded_at IS NOT NULL) EXECUTE FUNCTION history_is_not_rewritten()"
        )


def _choose_among(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({listed})")


def _create_partnership() -> None:
    op.create_table(
        "partnership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("source_url", sa.String(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "superseded_at >= recorded_at", name=op.f("ck_partnership_superseded_after_it_was_recorded")
        ),
        sa.CheckConstraint("hub_id <> partner_id", name=op.f("ck_partnership_two_institutions")),
        sa.CheckConstraint(
            "ended_on IS NULL OR since IS NULL OR ended_on >= since", name=op.f("ck_partnership_ends_after_it_began")
        ),
        sa.ForeignKeyConstraint(["hub_id"], ["institution.id"], name=op.f("fk_partnership_hub_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["institution.id"], name=op.f("fk_partnership_partner_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_partnership_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
    )
    op.create_index(
        "uq_partnership_current", "partnership", ["hub_id", "partner_id"], unique=True, postgresql_where=CURRENT
    )
    op.create_index("ix_partnership_partner_id_current", "partnership", ["partner_id"], postgresql_where=CURRENT)


def _create_network_membership() -> None:
    op.create_table(
        "network_membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source_kind",
            sa.Enum(*NEW_SOURCES, name="SourceKind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("source_url", sa.String(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "superseded_at >= recorded_at", name=op.f("ck_network_membership_superseded_after_it_was_recorded")
        ),
        sa.CheckConstraint("network_id <> institution_id", name=op.f("ck_network_membership_two_institutions")),
        sa.CheckConstraint(
            "source_kind <> 'public_page' OR source_url IS NOT NULL",
            name=op.f("ck_network_membership_a_page_has_an_address"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_network_membership_institution_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["institution.id"], name=op.f("fk_network_membership_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_membership")),
    )
    op.create_index(
        "uq_network_membership_current",
        "network_membership",
        ["network_id", "institution_id"],
        unique=True,
        postgresql_where=CURRENT,
    )
    op.create_index(
        "ix_network_membership_institution_id_current",
        "network_membership",
        ["institution_id"],
        postgresql_where=CURRENT,
    )


def downgrade() -> None:
    """Go back to one kind of partner; what only the newer schema can say is taken out with it."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("network_membership")
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
    op.drop_table("partnership")
    op.execute("DELETE FROM fact WHERE hub_id IS NOT NULL")
    op.drop_constraint(op.f("ck_fact_nobody_confirms_for_another"), "fact")
    op.drop_constraint(op.f("ck_fact_the_word_of_a_hub_names_it"), "fact")
    op.drop_index("uq_fact_hub_current", table_name="fact")
    op.drop_constraint(op.f("fk_fact_hub_id"), "fact", type_="foreignkey")
    op.drop_column("fact", "hub_id")
    _choose_among("fact", "source_kind", "SourceKind", OLD_SOURCES)
    op.drop_constraint(op.f("ck_institution_the_fictional_are_demonstration"), "institution")
    op.execute("UPDATE institution SET kind = 'partner' WHERE kind IN ('partner_clinic', 'nurse_station', 'satellite')")
    op.execute("UPDATE institution SET kind = 'fictional' WHERE demo")
    op.create_check_constraint(
        op.f("ck_institution_only_the_fictional_are_demonstration"), "institution", "(kind = 'fictional') = demo"
    )
    _choose_among("institution", "kind", "InstitutionKind", OLD_KINDS)
