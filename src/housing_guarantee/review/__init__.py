"""人工看照片：a page on which a person steps through the photos, and the decisions that come back from it."""
