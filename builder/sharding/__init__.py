"""A dataset that several machines fill workspaces for, and one makes.

filling        a part of the papers into a workspace, and its receipt
receipt        what a workspace has been filled for, and how that ended
merging        several workspaces as one, to be read
assembling     workspaces to a dataset folder: refuses what is missing, then does what a build does
units          parts of one workspace that are filled side by side: what each is, and whether it is done
halves         the two halves of the work on a unit, for processes that work on one after another
on_ray         units on Ray, and the only module that knows it
spreading      a build over many machines: units, then the dataset of all of them
report         what filling a part did
"""
