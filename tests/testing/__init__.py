"""The kit for rule authors is itself tested."""
