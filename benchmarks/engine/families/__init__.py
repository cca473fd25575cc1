"""All figures by name, in the order of the table."""

from benchmarks.engine.families import busy, heart, kinds, libraries, moons, products, scaling
from benchmarks.engine.figures import Figure

FAMILIES = (moons, heart, kinds, products, libraries, scaling, busy)
FIGURES: dict[str, Figure] = {figure.name: figure for family in FAMILIES for figure in family.FIGURES}
