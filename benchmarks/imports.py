"""What an import costs beside an interpreter that does nothing, in CPU time (user and system), the mean of several runs.

python benchmarks/imports.py
"""

import resource
import subprocess
import sys

RUNS = 20


def used() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def seconds(code: str) -> float:
    before = used()
    for _ in range(RUNS):
        subprocess.run([sys.executable, "-c", code], check=True)
    return (used() - before) / RUNS


nothing = seconds("pass")
for code in ("import qagen", "import builder", "import builder, qagen"):
    spent = seconds(code)
    print(f"{code}: {spent:.3f} s, {spent / nothing:.1f} times `pass` ({nothing:.3f} s)")
