"""Question/answer datasets from scientific papers, each record walkable back to its place in its PDF."""

__version__ = "0.1.0"
