"""Proves, household by household, whether a family has safe housing (住房安全有保障)."""
