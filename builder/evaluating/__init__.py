"""Sets that measure: the `test` split of a dataset as what evaluation harnesses run, open and multiple choice.

records        the records of the split, and the texts of their papers as far as they are known here
values         what of an answer can be exchanged: quantities, counts, names, each with its kind
papers         the values of one paper, and where its text states them
choices        questions with false answers beside the true one, each of them checked
ngrams         overlaps of the questions and answers with other texts
files          those other texts: the other splits, and files that a user names
tasks          the tasks of the harnesses, out of `templates/`
folder         the folder that all of it is written into
card           what the set's own README says
evalset        one set from one dataset: the whole way
keywords       what making one takes
"""
