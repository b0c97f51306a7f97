"""A process that keeps one server of marker's models: says its address on stdout, and ends when stdin does.

    python -m qagen.convert.model_server layout|readability|inference PARENT

The small models run in this process. The vision model runs where marker puts it, in llama.cpp's server or in a container with
vLLM; marker stops that when this process ends as a process should.
"""

import json
import os
import sys
import threading

from qagen.convert.worker import die_with_parent, own_stdout


def main() -> None:
    """Keep the server that the command line names."""
    out = own_stdout()
    kind, parent = sys.argv[1], int(sys.argv[2])
    if kind == "inference":
        url = _inference()
    else:
        die_with_parent(parent)
        url = _small(kind)
    out.write(json.dumps({"url": url}) + "\n")
    out.flush()
    sys.stdin.read()


def _inference() -> str:
    """Start the vision model's server by marker's own means, which also end it at this process's exit."""
    from surya.inference import SuryaInferenceManager

    return str(SuryaInferenceManager().backend.start().base_url)


def _small(kind: str) -> str:
    """Load one of the small models and serve it from a thread."""
    from surya.common.batch_service import run_server
    from surya.inference.backends.spawn import find_free_port, wait_for_health

    if kind == "layout":
        from surya.fast_layout.config import layout_service_config as config
        from surya.fast_layout.server import LayoutEngine as Engine
    else:
        from surya.ocr_error.config import ocr_error_service_config as config
        from surya.ocr_error.server import OCRErrorEngine as Engine
    engine, port = Engine(), find_free_port()
    threading.Thread(target=run_server, args=(engine, config(), "127.0.0.1", port), daemon=True).start()
    if not wait_for_health(f"http://127.0.0.1:{port}", total_timeout=30, interval=0.1):
        sys.stderr.write(f"no answer at port {port}\n")
        os._exit(1)
    return f"http://127.0.0.1:{port}/v1"


if __name__ == "__main__":
    main()
