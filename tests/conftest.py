"""Fixtures that several rooms share."""

from .servers import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]
