"""Pages of PDFs as pictures, with the boxes of evidence on them.

`finder` finds a PDF by its sha256, `renderer` has its pages drawn by `worker`, a confined process of its own that a hostile PDF may kill
without harm, and `pictures` has the values that travel between them.
"""

from builder.pages.finder import PdfFinder
from builder.pages.pictures import FractionBox, PagePicture, PageView
from builder.pages.renderer import PageRenderer

__all__ = ["FractionBox", "PagePicture", "PageRenderer", "PageView", "PdfFinder"]
