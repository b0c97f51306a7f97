"""Fetches one file in pieces side by side, in a process of its own: `python -m qagen.engines.embedded.transfer` with JSON on stdin.

hf_transfer holds the interpreter until it has the whole file, deaf to an interrupt; its own process can be ended at any moment, and
the pieces that it has written stay. Each line on stdout is the number of bytes of one more piece.
"""

import json
import sys

_RETRIES = 5


def main() -> None:
    """Fetch what stdin says: url, path, piece (bytes), parallel, headers."""
    import hf_transfer

    asked = json.load(sys.stdin)

    def arrived(size: int) -> None:
        sys.stdout.write(f"{size}\n")
        sys.stdout.flush()

    hf_transfer.download(
        asked["url"],
        asked["path"],
        max_files=asked["parallel"],
        chunk_size=asked["piece"],
        parallel_failures=asked["parallel"] - 1,
        max_retries=_RETRIES,
        headers=asked["headers"],
        callback=arrived,
    )


if __name__ == "__main__":
    main()
