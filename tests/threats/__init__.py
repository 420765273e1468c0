"""The list of what may come in or go wrong, and the proof that each control on it is what holds."""
