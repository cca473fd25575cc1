"""Curves, slices and importances of fitted classifiers, computed for pictures and reports."""
