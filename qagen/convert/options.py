"""The names of marker's options and of its models' settings, read from their source: importing them would take seconds.

marker sets whatever name it is given and ignores what it does not know, so a misspelt option would do nothing in silence.
"""

import ast
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from qagen.errors import SettingsError

_KINDS = ("builders", "processors", "converters", "providers", "renderers")
_BASES = frozenset({"BaseBuilder", "BaseProcessor", "BaseConverter", "BaseProvider", "BaseRenderer"})
_TYPES: dict[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "float": (int, float), "str": (str,)}
_OURS = {
    "mode": "use --converter marker-fast or marker-balanced",
    "force_ocr": "use --ocr",
    "page_range": "qagen reads all pages; use `range_pages` in [convert] for how many at a time",
    "use_llm": "qagen sends no page to a language model's service",
}
"""Options that qagen sets itself -> what to do instead."""
_FIXED = frozenset(
    {"add_block_ids", "extract_images", "paginate_output", "page_separator", "pdftext_workers", "keep_chars"}
)
"""Options on which the places of the text depend."""


@dataclass(frozen=True)
class _Class:
    bases: tuple[str, ...]
    own: Mapping[str, str]
    """Name of an option -> its type as written."""


def refuse_unknown_options(options: Mapping[str, object]) -> None:
    """Look at marker's options by name and type.

    Raises:
        SettingsError: for a name that marker does not know or qagen sets itself, and for a value of another type.
    """
    known = marker_options() if options else {}
    for name, value in options.items():
        bare = name.split("_", 1)[1] if name[:1].isupper() and "_" in name else name
        if bare in _OURS or bare in _FIXED or bare.startswith("debug"):
            instead = _OURS.get(bare, "the places of the text depend on it")
            raise SettingsError(f"marker's option {name!r} cannot be set here: {instead}")
        if name not in known:
            raise SettingsError(f"marker knows no option {name!r}{_near(name, known)}")
        expected = _TYPES.get(known[name])
        if expected and (
            not isinstance(value, expected) or (isinstance(value, bool) and expected != (bool,))
        ):
            raise SettingsError(f"marker's option {name!r} takes {known[name]}, not {value!r}")


def refuse_unknown_settings(settings: Mapping[str, object]) -> None:
    """Look at settings of marker's models by name.

    Raises:
        SettingsError: for a name that they do not know.
    """
    for name in settings:
        if name not in surya_defaults():
            raise SettingsError(
                f"surya, which has marker's models, knows no setting {name!r}{_near(name, surya_defaults())}"
            )


def _near(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, n=3)
    return f"; did you mean {', '.join(near)}?" if near else "; see docs/conversion.md"


@cache
def marker_options() -> dict[str, str]:
    """Every option of marker's own stages, by its name and by class and name -> its type, for instance `bool`."""
    classes = dict(_classes())
    found: dict[str, str] = {}
    for name in classes:
        if not name.startswith("Base") and _descends(name, classes):
            for option, type_ in _options(name, classes).items():
                found[option] = type_
                found[f"{name}_{option}"] = type_
    return found


@cache
def surya_defaults() -> dict[str, object]:
    """Every setting of surya with its default; None also where the default is computed."""
    tree = ast.parse((_folder("surya") / "settings.py").read_text("utf-8"))
    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == "Settings":
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                    found[line.target.id] = line.value.value if isinstance(line.value, ast.Constant) else None
    return found


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec, f"{package} is looked for only where it is installed"
    assert spec.submodule_search_locations, f"{package} is a package"
    return Path(next(iter(spec.submodule_search_locations)))


def _classes() -> Iterator[tuple[str, _Class]]:
    root = _folder("marker")
    for kind in _KINDS:
        for path in sorted((root / kind).rglob("*.py")):
            if "llm" in path.relative_to(root).parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    bases = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
                    yield node.name, _Class(bases, dict(_own(node)))


def _own(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            type_ = line.annotation
            if isinstance(type_, ast.Subscript) and ast.unparse(type_.value) == "Annotated":
                inner = type_.slice
                type_ = inner.elts[0] if isinstance(inner, ast.Tuple) else inner
            yield line.target.id, ast.unparse(type_)


def _descends(name: str, classes: Mapping[str, _Class]) -> bool:
    if name in _BASES:
        return True
    return name in classes and any(_descends(base, classes) for base in classes[name].bases)


def _options(name: str, classes: Mapping[str, _Class]) -> dict[str, str]:
    if name not in classes:
        return {}
    inherited: dict[str, str] = {}
    for base in reversed(classes[name].bases):
        inherited.update(_options(base, classes))
    return {**inherited, **classes[name].own}
