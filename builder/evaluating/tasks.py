"""The tasks of the harnesses as files. No text of a record is ever in one: they only say where the data lie."""

import re
from functools import cache
from importlib import resources
from string import Template

from builder.card import benchmark
from qagen.errors import SettingsError

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NO_NAME = re.compile(r"[^a-z0-9]+")
_INSPECT = ("inspect_tasks.py", "inspect_choice.py")
"""A part for each form: inspect-ai finds only tasks that are defined at the top of a file."""
_HARNESS = ("open.yaml", "choice.yaml", "choice_letter.yaml")


def name_of(text: str) -> str:
    """A name for the tasks out of a dataset's: `me/Papers-QA` gives `papers_qa`."""
    found = _NO_NAME.sub("_", text.rpartition("/")[2].lower()).strip("_")
    return found[:64] if NAME.fullmatch(found[:64]) else f"set_{found}"[:64].rstrip("_")


def refuse_name(name: str) -> None:
    """Refuse what cannot name a task in all harnesses.

    Raises:
        SettingsError: where it is more than lower-case letters, digits and `_`.
    """
    if not NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} cannot name a task",
            remedy="--name takes up to 64 lower-case letters, digits and '_', a letter first, as in papers_qa",
        )


def task_files(name: str, title: str, *, choices: int) -> dict[str, str]:
    """The files of all harnesses, by path.

    Args:
        name: what the tasks are called, with `_open` and `_choice` behind it.
        title: the dataset's name for people.
        choices: how many records have a multiple choice; without any there are no tasks of choices.
    """
    forms = ("open", "choice") if choices else ("open",)
    files = {benchmark.FILE: _hub_benchmark(name, title, forms)}
    files["inspect_tasks.py"] = "".join(_filled(part, name, forms) for part in _INSPECT[: len(forms)])
    files["lighteval_tasks.py"] = _filled("lighteval_tasks.py", name, forms)
    for file in _HARNESS:
        if file.startswith(forms):
            files[f"lm_eval/{name}_{file}"] = _filled(f"lm_eval_{file}", name, forms)
    files["lm_eval/evalset_data.py"] = _filled("lm_eval_data.py", name, forms)
    return files


def _filled(file: str, name: str, forms: tuple[str, ...]) -> str:
    return _template(file).substitute(name=name, forms=repr(forms))


@cache
def _template(file: str) -> Template:
    return Template(
        (resources.files("builder.evaluating") / "templates" / f"{file}.template").read_text(encoding="utf-8")
    )


def _hub_benchmark(name: str, title: str, forms: tuple[str, ...]) -> str:
    """`eval.yaml` as the Hub documents it for datasets that are benchmarks, with inspect-ai's fields."""
    metadata = ["id", "paper_sha256"]
    tasks = {
        "open": benchmark.open_task(f"{name}_open", "open", metadata),
        "choice": {
            "id": f"{name}_choice",
            "config": "choice",
            "split": "test",
            "field_spec": {
                "input": "question",
                "target": "answer_index",
                "choices": "choices",
                "metadata": metadata,
            },
            "solvers": [{"name": "multiple_choice"}],
            "scorers": [{"name": "choice"}],
        },
    }
    description = f"Questions about scientific papers, with answers that were checked against them: {' and '.join(forms)}."
    return benchmark.render(title, description, [tasks[form] for form in forms])
