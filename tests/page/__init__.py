"""The page that everybody looks at, in a real browser."""
