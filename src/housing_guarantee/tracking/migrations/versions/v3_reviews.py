"""Keep what people saw who looked at photos."""

import sqlalchemy as sa
from alembic import op

from housing_guarantee.tracking.schema import MYSQL_OPTIONS, long_text, short_text

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Add the table of reviews."""
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, short_text(64), nullable=False) for name in ("household_id", "photo", "at")),
        *(sa.Column(name, long_text(), nullable=False) for name in ("look", "reviewer", "file")),
        sa.UniqueConstraint("household_id", "photo", "at"),
        if_not_exists=True,
        **MYSQL_OPTIONS,
    )
