"""Vocabularies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fail fast rather than queue every request behind a waiting ALTER TABLE.
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "concept",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "vocabulary",
            sa.Enum(
                "condition",
                "area",
                "modality",
                "phase",
                "capability",
                "prefecture",
                "region",
                "country",
                name="Vocabulary",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("name_ja", sa.String(), nullable=False),
        sa.Column("name_ja_source", sa.String(), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.Column("parent_code", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["parent_code"], ["concept.code"], name=op.f("fk_concept_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_concept")),
    )
    op.create_index(op.f("ix_concept_parent_code"), "concept", ["parent_code"], unique=False)
    op.create_index(op.f("ix_concept_vocabulary"), "concept", ["vocabulary"], unique=False)
    op.create_table(
        "concept_label",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("concept_code", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "preferred",
                "synonym",
                "abbreviation",
                name="LabelKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ja')", name=op.f("ck_concept_label_language")),
        sa.ForeignKeyConstraint(
            ["concept_code"], ["concept.code"], name=op.f("fk_concept_label_concept_code"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept_label")),
        sa.UniqueConstraint(
            "concept_code", "language", "label", name=op.f("uq_concept_label_concept_code_language_label")
        ),
    )
    op.create_index(op.f("ix_concept_label_concept_code"), "concept_label", ["concept_code"], unique=False)
    op.create_index(
        "ix_concept_label_folded",
        "concept_label",
        ["folded"],
        unique=False,
        postgresql_ops={"folded": "text_pattern_ops"},
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_index("ix_concept_label_folded", table_name="concept_label", postgresql_ops={"folded": "text_pattern_ops"})
    op.drop_index(op.f("ix_concept_label_concept_code"), table_name="concept_label")
    op.drop_table("concept_label")
    op.drop_index(op.f("ix_concept_vocabulary"), table_name="concept")
    op.drop_index(op.f("ix_concept_parent_code"), table_name="concept")
    op.drop_table("concept")
