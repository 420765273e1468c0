"""Tests of what is found out about a county never seen before."""
