"""A head and two nodes of Ray on this machine, in a process of their own: says its address, loses a node at each line, ends with its input."""

import os
import sys

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

if __name__ == "__main__":
    from ray.cluster_utils import Cluster

    store = {"object_store_memory": 100 << 20}
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **store}
    )
    nodes = [cluster.add_node(num_cpus=1, **store) for _ in range(2)]
    print(f"address {cluster.address}", flush=True)  # noqa: T201 -- to the test that started it
    for _ in sys.stdin:
        cluster.remove_node(nodes.pop(), allow_graceful=False)
        print("lost", flush=True)  # noqa: T201
    cluster.shutdown()
