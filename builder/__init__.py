"""Dataset folders from papers: made, planned, loaded, walked back, compared and published.

    import builder

    report = builder.build("papers/", "dataset/", model="deepseek-r1:14b")
    builder.verify("dataset/", "papers/")
    builder.report("dataset/", "report.html", papers="papers/")

Importing this makes "qagen" known to `datasets`, which itself is not imported: it is told when, and only when, somebody imports
it. Everything else is imported when it is first used, so that `import builder` takes a moment.

    from datasets import load_dataset
    load_dataset("qagen", data_dir="papers/", model="deepseek-r1:14b")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from builder.registry import after_import, pass_over_files, register

if TYPE_CHECKING:
    from builder.api import assemble, build, diff, evalset, load, plan, push, report, verify
    from builder.building.plan import Plan
    from builder.building.report import BuildReport
    from builder.dataset import QAConfig, QADataset
    from builder.diffing.diff import Diff
    from builder.evaluating.evalset import Evalset
    from builder.hub.options import PushResult
    from builder.reporting.report import ReportResult
    from builder.sharding.report import ShardReport
    from builder.verifying.verify import VerifyReport

__all__ = [
    "BuildReport",
    "Diff",
    "Evalset",
    "Plan",
    "PushResult",
    "QAConfig",
    "QADataset",
    "ReportResult",
    "ShardReport",
    "VerifyReport",
    "assemble",
    "build",
    "diff",
    "evalset",
    "load",
    "plan",
    "push",
    "report",
    "verify",
]

_HOMES = {
    "BuildReport": "builder.building.report",
    "Diff": "builder.diffing.diff",
    "Evalset": "builder.evaluating.evalset",
    "Plan": "builder.building.plan",
    "PushResult": "builder.hub.options",
    "QAConfig": "builder.dataset",
    "QADataset": "builder.dataset",
    "ReportResult": "builder.reporting.report",
    "ShardReport": "builder.sharding.report",
    "VerifyReport": "builder.verifying.verify",
    "assemble": "builder.api",
    "build": "builder.api",
    "diff": "builder.api",
    "evalset": "builder.api",
    "load": "builder.api",
    "plan": "builder.api",
    "push": "builder.api",
    "report": "builder.api",
    "verify": "builder.api",
}

after_import("datasets.packaged_modules", register)
after_import("datasets.load", pass_over_files)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
