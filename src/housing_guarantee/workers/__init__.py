"""Processes of our own that work for a run, each held to its memory and time, and replaced when it ends."""
