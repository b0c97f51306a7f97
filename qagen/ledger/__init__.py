"""The answers that were paid for, and other things that are kept by what they hang on.

ledger         calls of a paper: read, append, find by key
sums           each line's sha256, and seals
maintenance    show, verify, repair and move
merge          ledgers of several workspaces as one
refresh        answers moved aside, to be asked for again
models         which weights gave the answers under a model's name
keyed_store    a table of kept values in a SQLite file
vectors        embeddings of questions
"""
