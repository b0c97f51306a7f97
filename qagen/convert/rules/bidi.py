"""Text that is read from right to left, put in the order in which it is read."""

from qagen.convert.rules.characters import Characters


def logical(characters: Characters) -> Characters:
    """The characters with every line that has letters of Hebrew, Arabic and their kin in reading order."""
    return characters
