"""Tests of what strangers' files become."""
