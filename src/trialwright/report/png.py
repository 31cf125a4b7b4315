"""A figure as PNG, drawn from its SVG by Typst: the same figure gives the same bytes, without metadata."""

from __future__ import annotations

from .export import export_svg, find_view_box
from .model import Figure
from .typesetting import typeset

PIXELS_PER_INCH = 192


def export_png(figure: Figure, simulated: bool = False) -> bytes:
    """The figure as it stands in its SVG file, mark of simulated data included."""
    drawing = export_svg(figure, simulated)
    width, height = find_view_box(figure.id, drawing)
    source = (
        f"#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: white)\n"
        '#image("figure.svg", width: 100%, height: 100%)'
    )
    return typeset(source, {"figure.svg": drawing.encode()}, "png", ppi=PIXELS_PER_INCH)
