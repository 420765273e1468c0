"""The steps, in the order of their revisions: the version that each leads to."""
