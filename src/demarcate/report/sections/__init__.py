"""The parts of a report: numbers in a module, and how they are shown in a template, for each."""
