"""demarcate."""
