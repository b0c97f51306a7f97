"""Building a dataset folder out of papers: what `qagen build` and `qagen plan` do.

build          the whole: fill the workspace, run the pure stages, write the folder
job            what is to be built from what, and the recipe that follows from it
plan, estimate what a build would do and ask, and how long that may take
sample         a seeded part of the chunks, for a first look
base           the records of an earlier version that stay
spool          results on the disk while the selection decides
assemble       records into tables, card, plots and manifest
vectors        what embedding adds to the selection, and to the chunks that are asked about together
sides          records of several papers: all of a record's papers are in one split
stamp          whether a folder already is what this build would make
fingerprint    the same question, as the key under which `datasets` caches a build
report         what a build did, as `--json` and the terminal tell it
kept_runs      what the workspace keeps of each run
reviews        what people decided, counted over the results
coverage       which parts of each paper gave records
warnings       what a person should look at before trusting the dataset
"""
