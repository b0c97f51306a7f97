"""Papers as they are found on the disk.

papers         PDFs of folders, with labels and sums
overrides      what `papers.csv` says of them
works          versions of one work
shard          a part of the papers for one machine of many
"""
