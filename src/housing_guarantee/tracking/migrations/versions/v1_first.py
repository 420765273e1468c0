"""The tables as they were first made."""

revision = "1"
down_revision = None


def upgrade() -> None:
    """Change nothing: this is where migrations begin."""
