"""Question/answer datasets from scientific papers, each record walkable back to its place in its PDF.

    from qagen import Settings, check, parse

    parsed = parse(response)                          # whatever a model answered, read as pairs
    result = check(parsed.pairs[0], source)           # one pair against the text that it has to stand in
    settings = Settings(ask={"model": "qwen3:14b"})   # every value that can change a result

Each name is imported when it is first used, so that `import qagen` takes a moment. What makes datasets is `builder`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qagen.checks import CheckResult, IndexedSource, check
    from qagen.errors import (
        ConversionError,
        ConverterMissing,
        DatasetError,
        EngineError,
        HubError,
        InputError,
        InvalidSettings,
        QagenError,
        SettingsError,
        WorkspaceError,
    )
    from qagen.parsing import Parsed, parse
    from qagen.reasons import Reason
    from qagen.records import Fault, Pair, Record, Rejection
    from qagen.settings import (
        AskSettings,
        CheckSettings,
        ChunkSettings,
        ConvertSettings,
        DatasetSettings,
        EmbeddedSettings,
        GroundingSettings,
        JudgeSettings,
        RuleSettings,
        SelectSettings,
        Settings,
        SplitShares,
        load_settings,
    )

__version__ = "0.1.0"

_HOMES = {
    "qagen.checks": ("CheckResult", "IndexedSource", "check"),
    "qagen.errors": (
        "ConversionError",
        "ConverterMissing",
        "DatasetError",
        "EngineError",
        "HubError",
        "InputError",
        "InvalidSettings",
        "QagenError",
        "SettingsError",
        "WorkspaceError",
    ),
    "qagen.parsing": ("Parsed", "parse"),
    "qagen.reasons": ("Reason",),
    "qagen.records": ("Fault", "Pair", "Record", "Rejection"),
    "qagen.settings": (
        "AskSettings",
        "CheckSettings",
        "ChunkSettings",
        "ConvertSettings",
        "DatasetSettings",
        "EmbeddedSettings",
        "GroundingSettings",
        "JudgeSettings",
        "RuleSettings",
        "SelectSettings",
        "Settings",
        "SplitShares",
        "load_settings",
    ),
}

__all__ = [
    "AskSettings",
    "CheckResult",
    "CheckSettings",
    "ChunkSettings",
    "ConversionError",
    "ConvertSettings",
    "ConverterMissing",
    "DatasetError",
    "DatasetSettings",
    "EmbeddedSettings",
    "EngineError",
    "Fault",
    "GroundingSettings",
    "HubError",
    "IndexedSource",
    "InputError",
    "InvalidSettings",
    "JudgeSettings",
    "Pair",
    "Parsed",
    "QagenError",
    "Reason",
    "Record",
    "Rejection",
    "RuleSettings",
    "SelectSettings",
    "Settings",
    "SettingsError",
    "SplitShares",
    "WorkspaceError",
    "check",
    "load_settings",
    "parse",
]


def __getattr__(name: str) -> Any:
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(home), name)
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
