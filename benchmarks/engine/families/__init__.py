"""All figures by name, in the order of the table."""

from benchmarks.engine.families import busy, heart, kinds, libraries, moons, own_modules, products, scaling
from benchmarks.engine.figures import Figure

FAMILIES = (moons, heart, kinds, own_modules, products, libraries, scaling, busy)
FIGURES: dict[str, Figure] = {figure.name: figure for family in FAMILIES for figure in family.FIGURES}
