"""Committees with their meetings, contacts, and invitations that can be withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CURRENT = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    _statements(
        "committee",
        _choice("kind", "CommitteeKind", "irb", "crb", "other"),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("name_ja", sa.String(), nullable=True),
        _choice("english_documents", "english_documents", "yes", "partly", "no", "unknown"),
        _choice("entrusted_review", "entrusted_review", "yes", "partly", "no", "unknown"),
        sa.Column("note_en", sa.String(), nullable=True),
        sa.Column("note_ja", sa.String(), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("coalesce(name_en, name_ja) IS NOT NULL", name=op.f("ck_committee_has_a_name")),
    )
    _statements(
        "committee_meeting",
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "deadline IS NULL OR deadline <= day", name=op.f("ck_committee_meeting_deadline_before_the_meeting")
        ),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_committee_meeting_committee_id")),
    )
    op.create_index(
        "uq_committee_meeting_day",
        "committee_meeting",
        ["committee_id", "day"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL AND NOT cancelled"),
    )
    _statements(
        "contact",
        _choice(
            "purpose",
            "ContactPurpose",
            *("general", "feasibility", "contract", "irb_office", "crc", "product", "finance"),
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mail", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("languages", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("to_renew", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("coalesce(mail, phone) IS NOT NULL", name=op.f("ck_contact_can_be_reached")),
    )
    op.add_column("sign_in_link", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def _choice(column: str, name: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=False)


def _statements(table: str, *columns: sa.schema.SchemaItem) -> None:
    """Create a table whose rows are added and superseded: who said it, when, as of which day."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["first_id"], [f"{table}.id"], name=op.f(f"fk_{table}_first_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f(f"fk_{table}_institution_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f(f"fk_{table}_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_institution_id"), table, ["institution_id"], unique=False)
    op.create_index(f"uq_{table}_current", table, ["first_id"], unique=True, postgresql_where=CURRENT)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_column("sign_in_link", "withdrawn_at")
    for table in ("contact", "committee_meeting", "committee"):
        op.drop_table(table)
