"""The texts of a dataset folder that are made of its manifest: what people, the Hub and other tools read of it."""

from collections.abc import Mapping
from pathlib import Path

from builder.card import benchmark, card, croissant
from builder.card.card import Publication
from builder.folder import manifest, read
from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import File

CARD = "README.md"


def texts(
    folder: Path, made: Manifest, files: Mapping[str, File], publication: Publication | None = None
) -> dict[str, str]:
    """The texts by file name.

    Args:
        folder: the dataset folder with its data, prompts and plots; the texts and the manifest need not be there yet.
        made: its manifest.
        files: its data files by their paths inside it.
        publication: of a version that is published.

    Raises:
        DatasetError: where a data file cannot be read, or the manifest is of a qagen that wrote less.
    """
    found = {
        CARD: card.render(folder, made, publication),
        croissant.FILE: croissant.render(made, files, read.first_columns(folder, made.configs), publication),
    }
    if "test" in made.configs.get("default", {}):
        found[benchmark.FILE] = benchmark.of_dataset(card.title(made))
    return found


def write_texts(folder: Path, made: Manifest) -> None:
    """Write the texts of a folder whose other files are all there, and its manifest last."""
    files = manifest.file_list(folder)
    for name, text in texts(folder, made, files).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        files[name] = manifest.file_entry(folder / name)
    manifest.write_listed(folder, made, dict(sorted(files.items())))
