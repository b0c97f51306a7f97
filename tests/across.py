"""Papers of which some speak of the same thing, laid into a workspace as if they had been converted; and what a model says of two of them."""

from pathlib import Path

from qagen import convert
from qagen.convert.store import Conversion, save
from qagen.records import Document, Metadata, sha256
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.documents import document

SEEDED = """\
Secondary seeding of ZIF-8 gives closed layers on alumina discs after four hours in methanol at 120 °C. The permeance of the seeded ZIF-8 \
membrane reached 420 GPU for propylene at room temperature and low feed pressure. The selectivity of the seeded layer for propylene over \
propane stayed near 60 during two weeks of continuous operation. Grain boundaries of the seeded layer are narrow because crystals grow into \
each other during the slow synthesis. The thickness of the seeded layer was 1.5 micrometres on all discs that were cut and polished."""
SPUN = """\
Spinning of ZIF-8 into hollow fibres yields thin polymer walls that hold three quarters of their weight as crystals. The permeance of the \
spun fibre remained at 75 GPU under a feed of propylene that carried water vapour. The selectivity of ZIF-8 fibres for propylene over propane \
fell to 22 once the humidity of the feed exceeded half of saturation. Plasticisers in the polymer of the fibre can block the windows of the \
crystals within several days. The burst pressure of the spun fibre is 40 bar for walls of ordinary thickness."""
CELLS = """\
Solar cells of MAPbI3 with a carbon electrode retained nine tenths of their efficiency after a thousand hours of sunlight. The grain size of \
MAPbI3 in these cells was 300 nm after annealing on a hot plate in dry nitrogen. Ion migration in the annealed film is slow because iodide \
vacancies are filled by an excess of the organic salt. The open-circuit voltage of the carbon cell reached 1.05 V under simulated noon light."""
FILMS = """\
Vapour deposition of MAPbI3 gives smooth films whose roughness remains below 8 nm over a whole wafer of silicon. The carrier lifetime of \
MAPbI3 from vapour was 2 microseconds in films that had never seen a solvent. The cost of the vapour process depends on the pumping time of \
the large vacuum chamber. Lead residues on the chamber walls require a cleaning step with dilute acid after every tenth wafer."""
FIELDS = """\
Clover between rows of maize kept the nitrogen of the topsoil near its spring value until the harvest in autumn. The yield of maize with \
clover was 9 tonnes per hectare in the second year of the trial on loam. Earthworms in the covered plots are more numerous because the \
mulch keeps the soil moist during dry weeks."""
TEXTS = {"seeded": SEEDED, "spun": SPUN, "cells": CELLS, "films": FILMS, "fields": FIELDS}
OTHER_TEXT = """\
Visitors of the laboratory wore gloves and goggles at all times, and every bottle carried its date of opening. Samples that had been stored \
for longer than a year were thrown away by the technicians without being weighed. The building has two floors, each with a workshop and a \
store whose doors open to the north."""
"""A section that no paper shares with another."""


def paper(name: str, text: str, metadata: Metadata | None = None) -> tuple[bytes, Document]:
    """The bytes that stand for a PDF, and the document that it is converted to."""
    data = f"%PDF-1.7 {name}".encode()
    aside = f"{OTHER_TEXT} The file of these notes is called {name}."
    made = document(
        ("##", "Results"),
        ("Text", text),
        ("##", "Laboratory"),
        ("Text", aside),
        metadata=metadata or Metadata(title=f"All that there is to say about {name}"),
    )
    return data, Document(sha256(data), made.text, made.blocks, made.metadata, made.converter)


def lay(place: Path, settings: Settings, texts: dict[str, str] = TEXTS, **metadata: Metadata) -> Path:
    """Write the PDFs of some papers into `place`/pdf, and their conversions into the workspace `place`/w; returns the folder of PDFs."""
    pdf = place / "pdf"
    pdf.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        data, made = paper(name, text, metadata.get(name))
        (pdf / f"{name}.pdf").write_bytes(data)
        folder = Workspace(place / "w").conversion(made.paper_sha256, convert.fingerprint(settings.convert))
        save(folder, Conversion(made))
    return pdf
