"""`eval.yaml`: the form in which the Hub takes a dataset as a benchmark, with the fields of inspect-ai.

The Hub shows a leaderboard only for datasets that it has put on its list; `inspect eval hf/NAME/DATASET` reads the file of any.
Source: https://huggingface.co/docs/hub/eval-results
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

FILE = "eval.yaml"


def open_task(name: str, config: str, metadata: Sequence[str]) -> dict[str, Any]:
    """A task whose answers are compared with the right ones by the words that they have in common.

    Args:
        name: of the task.
        config: where its questions are, in the split `test`.
        metadata: columns that tell the questions apart.
    """
    return {
        "id": name,
        "config": config,
        "split": "test",
        "field_spec": {"input": "question", "target": "answer", "metadata": list(metadata)},
        "solvers": [{"name": "generate"}],
        "scorers": [{"name": "f1"}],
    }


def render(title: str, description: str, tasks: Sequence[Mapping[str, Any]]) -> str:
    """The text of `eval.yaml`.

    Args:
        title: what the benchmark is called.
        description: what it measures.
        tasks: each a leaderboard.
    """
    value = {
        "name": title,
        "description": description,
        "evaluation_framework": "inspect-ai",
        "tasks": [dict(task) for task in tasks],
    }
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120))


def of_dataset(title: str) -> str:
    """The text of `eval.yaml` of a dataset folder that has a split `test`: its open questions."""
    description = "Questions about scientific papers, with answers that were checked against them."
    return render(title, description, [open_task("open_questions", "default", ["id"])])
