"""Keep what a household said of a ledger row that is not its own (不是本户), for the linkage of later checks."""

import sqlalchemy as sa
from alembic import op

from housing_guarantee.tracking.schema import MYSQL_OPTIONS, long_text, short_text

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Add the table of denials."""
    op.create_table(
        "denials",
        sa.Column("source", short_text(380), primary_key=True),
        sa.Column("file_no", short_text(160), primary_key=True),
        sa.Column("sheet", short_text(64), primary_key=True),
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("household_id", short_text(64), primary_key=True),
        sa.Column("file", long_text(), nullable=False),
        if_not_exists=True,
        **MYSQL_OPTIONS,
    )
