"""The two models that read pictures: one finds lines, one reads them. Their files lie in rapidocr's wheel."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qagen.convert.ocr.packages import files, require
from qagen.convert.pictures import Pixels

if TYPE_CHECKING:
    import onnxruntime

_SMALLEST = 32
"""Pixels of a picture's shorter side, as the model that finds lines wants it."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Models:
    """Both models, loaded, each in one thread: a worker has one core.

    Attributes:
        characters: what the classes of the reading model are; the first is none.
    """

    finder: Any
    reader: "onnxruntime.InferenceSession"
    characters: tuple[str, ...]

    def quads(self, pixels: Pixels) -> NDArray[np.float64]:
        """The lines of a picture as four corners each (n x 4 x 2 pixels), from the top left, clockwise."""
        if min(pixels.shape) < _SMALLEST:
            return np.zeros((0, 4, 2))
        boxes = self.finder(np.repeat(pixels[:, :, None], 3, axis=2)).boxes
        return np.zeros((0, 4, 2)) if boxes is None else np.asarray(boxes, dtype=np.float64)

    def probabilities(self, batch: Floats) -> Floats:
        """Of each column of some lines (n x 3 x 48 x width), the probability of each class."""
        found: Sequence[Floats] = self.reader.run(None, {self.reader.get_inputs()[0].name: batch})
        return found[0]


@cache
def load() -> Models:
    """Load both models.

    Raises:
        ConverterMissing: where they are not here.
    """
    require()
    import onnxruntime
    from rapidocr.ch_ppocr_det import TextDetector
    from rapidocr.main import DEFAULT_CFG_PATH
    from rapidocr.utils.parse_parameters import ParseParams

    finds, reads = files()
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    settings = ParseParams.load(DEFAULT_CFG_PATH)
    engine = settings.EngineConfig.onnxruntime
    engine.intra_op_num_threads = engine.inter_op_num_threads = 1
    finder = settings.Det
    # With a path of its own rapidocr looks for no file elsewhere; the picture comes in the size that is wanted.
    finder.update({"model_path": str(finds), "engine_cfg": engine, "limit_side_len": _SMALLEST})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    reader = onnxruntime.InferenceSession(str(reads), options, providers=["CPUExecutionProvider"])
    characters = reader.get_modelmeta().custom_metadata_map["character"].splitlines()
    return Models(TextDetector(finder), reader, ("", *characters, " "))
