"""PDF -> Document: the only door to marker, which is imported in worker processes, for its own modes, and nowhere else.

fingerprint(settings)               what a conversion depends on, as a short name for its folder
Converter(settings)                 a pool of workers; `.convert(paper, folder)` from as many threads as you like
convert(paper, folder, settings)    the same for one paper
named(document, settings)           the converter as a record names it
remarks(settings)                   what a person should know about how PDFs will be read
WITH_MARKER                         the command that installs marker
cores()                             how many workers there are where the settings do not say it
kept(folder, paper_sha256, settings)  what an earlier run left, as far as this one need not try again
load(folder, paper_sha256)          what an earlier run left in the folder
find(paper_folder, paper_sha256, document_sha256)  a kept document, whatever converter made it
"""

from qagen.convert.fingerprint import CONVERTER, converter_name, fingerprint
from qagen.convert.locks import load_conversion, passwords
from qagen.convert.modes import remarks
from qagen.convert.parts import WITH_MARKER
from qagen.convert.pool import Converter, convert, cores
from qagen.convert.store import find, load

__all__ = [
    "CONVERTER",
    "WITH_MARKER",
    "Converter",
    "convert",
    "converter_name",
    "cores",
    "find",
    "fingerprint",
    "load",
    "load_conversion",
    "passwords",
    "remarks",
]
