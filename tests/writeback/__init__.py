"""Tests of write-back."""
