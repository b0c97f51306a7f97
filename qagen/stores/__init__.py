"""A workspace and papers in an object store: mirrored to a folder here, worked on as ever, and published as new objects.

    STORE/segments/2-of-64/<claim>-<number>-<sha256>.zip        new files and new lines of ledgers, of papers of that part
    STORE/receipts/<plan>/2-of-64/<claim>-<number>-<sha256>.json  what the part has been filled for
    STORE/claims/2-of-64/<claim>.json                           who works on the part, and since when
    STORE/index/<sha256>.jsonl                                  sums of papers in stores, so that each is read once

An object is written once and never changed: what it holds is in its name, or for a claim, that nobody else could write it.

store          objects below one address, the faults of stores as errors, and the only module that knows fsspec
segments       files of a workspace as one object, and back, whatever somebody put there
claims         who works on a part: conditional writes, with an age at which a dead one is taken over
mirror         the folder here: what is taken in from the store, and what of it is not published yet
papers         PDFs in a store, by their sums, and those of a part brought here
publishing     a thread that publishes while a run goes on
opening        what a command does with all that
"""
