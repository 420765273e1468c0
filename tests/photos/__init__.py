"""Tests of the photos."""
