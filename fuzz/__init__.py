"""Inputs nobody meant, by the million: what demarcate takes is right, and what it does not take is refused in words."""
