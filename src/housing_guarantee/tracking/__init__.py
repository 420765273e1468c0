"""整改台账: what was found in earlier runs, how it stands now, and what people say about it."""
