"""A head and two nodes of Ray on this machine, in a process of their own: says its address, loses a node at each line, ends with its input."""

import os
import sys

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

_STORE = 100 << 20
_STARTS = 5


def patient(start):
    """What `start` gives; again where it fails, as on a busy machine Ray gives up on a node that takes more than 30 s to start."""
    for _ in range(_STARTS - 1):
        try:
            return start()
        except Exception as error:  # noqa: BLE001 -- Ray raises just that
            print(error, file=sys.stderr)  # noqa: T201
    return start()


def head():
    """A cluster of a head that does no work."""
    from ray.cluster_utils import Cluster

    given = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": _STORE}
    return patient(lambda: Cluster(initialize_head=True, head_node_args=given))


def add_node(cluster):
    """One more node, with one core."""
    return patient(lambda: cluster.add_node(num_cpus=1, object_store_memory=_STORE))


if __name__ == "__main__":
    cluster = head()
    nodes = [add_node(cluster) for _ in range(2)]
    print(f"address {cluster.address}", flush=True)  # noqa: T201 -- to the test that started it
    for _ in sys.stdin:
        cluster.remove_node(nodes.pop(), allow_graceful=False)
        print("lost", flush=True)  # noqa: T201
    cluster.shutdown()
