"""What an import costs beside an interpreter that does nothing, in CPU time (user and system), the least of several runs.

python benchmarks/imports.py
"""

import os
import subprocess
import sys

RUNS = 15


def seconds(code: str) -> float:
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


nothing = min(seconds("pass") for _ in range(RUNS))
for code in ("import qagen", "import builder", "import builder, qagen"):
    least = min(seconds(code) for _ in range(RUNS))
    print(f"{code}: {least:.3f} s, {least / nothing:.1f} times `pass` ({nothing:.3f} s)")
