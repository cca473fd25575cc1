"""What displays on a single pair of axes have in common."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demarcate.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(eq=False)
class Display:
    """Something drawn on axes of the caller's, or on new ones."""

    ax_: "Axes" = field(init=False, repr=False)
    figure_: "Figure" = field(init=False, repr=False)

    def _set_axes(self, ax: "Axes | None", width: float = style.WIDTH, height: float = style.HEIGHT) -> None:
        """Draw on these axes from now on; on new ones of this size, in inches, if there are none."""
        self.ax_ = style.new_axes(width=width, height=height)[0, 0] if ax is None else ax
        self.figure_ = style.figure_of(self.ax_)
