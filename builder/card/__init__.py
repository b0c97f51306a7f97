"""What a dataset folder says of itself: the card, and descriptions that tools read; no text of others breaks out of its place.

texts           all of them, out of a manifest, and writing them
card            the README of a dataset folder, out of its manifest and tables
croissant       `croissant.json`: files, records and columns in MLCommons' format
responsible_ai  how the records came about and what speaks against them, for that format
benchmark       `eval.yaml`, for a split `test`
markdown        text of others, escaped
plots           the charts of the card
"""
