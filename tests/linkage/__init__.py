"""Tests of names, numbers, places and matching."""
