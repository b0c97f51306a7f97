"""An object store of the tests' own: moto's server in this process, and what speaks S3 to it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class ObjectStore:
    """A store that is running.

    Attributes:
        options: for fsspec's file system.
        environment: for a command.
        stop: makes it go away.
    """

    options: dict
    environment: dict
    stop: object


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Run a store; a test is skipped where its packages are not installed."""
    moto = pytest.importorskip("moto.server", reason="moto's server is not installed")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    environment = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "of-nothing-at-all",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    options = {"endpoint_url": url, "key": "tests", "secret": "of-nothing-at-all"}
    stopped = []

    def stop() -> None:
        if not stopped:
            stopped.append(True)
            server.stop()

    try:
        yield ObjectStore(options, environment, stop)
    finally:
        stop()
