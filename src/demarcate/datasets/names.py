"""The names of the built-in data sets, known to messages without loading a data set."""

BUILT_IN_NAMES = ("heart", "blobs", "circles", "moons")
