"""PDF -> Document: the only door to marker, which is imported in worker processes and nowhere else.

fingerprint(settings)               what a conversion depends on, as a short name for its folder
Converter(settings)                 a pool of workers; `.convert(paper, folder)` from as many threads as you like
convert(paper, folder, settings)    the same for one paper
load(folder, paper_sha256)          what an earlier run left in the folder
"""

from qagen.convert.fingerprint import CONVERTER, fingerprint
from qagen.convert.pool import Converter, convert
from qagen.convert.store import load

__all__ = ["CONVERTER", "Converter", "convert", "fingerprint", "load"]
