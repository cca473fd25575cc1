"""demarcate on tables, compared with named classifiers on the same splits."""
