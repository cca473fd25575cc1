"""Files: tables in, written files out, scratch files, locks and signals."""
