"""Copies of workbooks with the faulty cells marked."""
