"""Where records come from: one file a source, each yielding records, bad rows and photos in order."""
