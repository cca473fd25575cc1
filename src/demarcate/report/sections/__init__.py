"""The sections of a report: each has a module with its numbers and a template with its HTML."""
