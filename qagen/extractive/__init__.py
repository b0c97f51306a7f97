"""The extractive engine: questions by rule about sentences of the chunk, answered by those sentences. No model.

An honest baseline: it makes a dry run of a corpus possible and lets the pipeline run anywhere.

wording.py      which sentences can be asked about, and how they read without citations and asides
verbs.py        the verbs that the rules know
clauses.py      subject, verb and rest of a sentence, or nothing where the rules do not see them
phrases.py      the phrases that may be moved from a statement into a question
causes.py, comparisons.py, quantities.py, ways.py    one rule per kind of statement
questions.py    the order of the rules, and what every question has to be
extract.py      choosing among the sentences of a chunk
"""

from qagen.extractive.extract import extract

__all__ = ["extract"]
