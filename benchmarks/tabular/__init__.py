"""What demarcate is worth on tables, beside named classifiers on the same splits."""
