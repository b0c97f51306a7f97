"""The dataset card: text, code blocks that no text of others breaks out of, and charts.

card           the README of a dataset folder, out of its manifest and tables
markdown       text of others, escaped
plots          the charts of the card
"""
