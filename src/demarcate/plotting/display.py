"""The base of displays on a single pair of axes."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demarcate.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(eq=False)
class Display:
    """A picture on the caller's axes or on new ones."""

    ax_: "Axes" = field(init=False, repr=False)
    figure_: "Figure" = field(init=False, repr=False)

    def _set_axes(self, ax: "Axes | None", width: float = style.WIDTH, height: float = style.HEIGHT) -> None:
        """Draw on these axes from now on; for None on new ones of this size, in inches."""
        self.ax_ = style.new_axes(width=width, height=height)[0, 0] if ax is None else ax
        self.figure_ = style.figure_of(self.ax_)
