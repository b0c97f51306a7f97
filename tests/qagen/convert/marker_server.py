"""The servers of marker's models, played: they speak marker's own protocol over HTTP and see blocks where there is ink.

`/layout/v1`, `/readability/v1` and `/inference/v1` are the three. A page's blocks are runs of lines; one whose lines are high is
a heading. What "OCR" reads is the same words for every block, with its number on the page.
"""

import base64
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image

CHECKPOINTS = {
    "layout": "hf://datalab-to/surya_layout2",
    "readability": "s3://ocr_error_detection/2025_02_18",
    "inference": "datalab-to/surya-ocr-2",
}
VARIABLES = {
    "layout": "FAST_LAYOUT_SERVER_URL",
    "readability": "OCR_ERROR_SERVER_URL",
    "inference": "SURYA_INFERENCE_URL",
}


@contextmanager
def marker_servers() -> Iterator[dict[str, str]]:
    """Runs all three; gives the settings that name them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield {VARIABLES[part]: f"http://127.0.0.1:{server.server_port}/{part}/v1" for part in CHECKPOINTS}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def blocks(image: Image.Image) -> list[tuple[str, tuple[int, int, int, int]]]:
    """(label, box in pixels) of everything that stands apart on a page, from top to bottom."""
    ink = np.asarray(image.convert("L")) < 128
    found = []
    for first, last, line in _runs(ink.any(axis=1)):
        columns = np.flatnonzero(ink[first:last].any(axis=0))
        label = "SectionHeader" if line > image.height / 60 else "Text"
        found.append((label, (int(columns[0]) - 2, first - 2, int(columns[-1]) + 3, last + 2)))
    return found


def _runs(rows: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Runs of inked rows, joined over gaps as between lines: first, last + 1, height of the first line."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(int), [0]])))
    lines = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    while lines:
        first, last = lines.pop(0)
        height = last - first
        while lines and lines[0][0] - last < len(rows) / 100:
            last = lines.pop(0)[1]
        yield first, last, height


def _layout(image: Image.Image) -> dict[str, object]:
    boxes = [
        {
            "polygon": [[x0, y0], [x1, y0], [x1, y1], [x0, y1]],
            "label": label,
            "raw_label": label,
            "position": number,
            "confidence": 0.9,
        }
        for number, (label, (x0, y0, x1, y1)) in enumerate(blocks(image))
    ]
    return {"bboxes": boxes, "image_bbox": [0, 0, *image.size]}


def _seen(prompt: str, image: Image.Image) -> str:
    """What the vision model says about a picture."""
    scaled = [
        (
            label,
            " ".join(
                str(round(1000 * value / side)) for value, side in zip(box, image.size * 2, strict=True)
            ),
        )
        for label, box in blocks(image)
    ]
    if "layout" in prompt:
        names = {"SectionHeader": "Section-Header"}
        return json.dumps(
            [{"label": names.get(label, label), "bbox": box, "count": 50} for label, box in scaled]
        )
    if "block image" in prompt:
        return "<p>Read from a block &#0;by OCR.</p>"
    return "".join(
        f'<div data-label="Text" data-bbox="{box}"><p>Block {number} as OCR read it.</p></div>'
        for number, (_, box) in enumerate(scaled, 1)
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""

    def do_GET(self) -> None:
        part = self.path.split("/")[1]
        self._answer({"data": [{"id": CHECKPOINTS[part]}]} if "models" in self.path else {"status": "ok"})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.startswith("/layout/"):
            self._answer({"results": [_layout(_image(item)) for item in asked["items"]]})
        elif self.path.startswith("/readability/"):
            self._answer({"results": [{"label": "good", "score": 0.0} for _ in asked["items"]]})
        else:
            picture, text = asked["messages"][0]["content"]
            image = _image(picture["image_url"]["url"].partition(",")[2])
            self._answer(_completion(_seen(text["text"], image)))

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _image(data: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(data)))


def _completion(text: str) -> dict[str, object]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": CHECKPOINTS["inference"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 9, "total_tokens": 10},
    }
