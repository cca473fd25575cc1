"""Fuzzing: malformed inputs by the million are read correctly or refused with a message."""
