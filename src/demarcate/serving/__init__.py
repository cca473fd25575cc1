"""Predictions over HTTP: the service that ``demarcate serve`` runs. Needs the extra ``serve``."""
