"""The cards for the archive, on paper."""
