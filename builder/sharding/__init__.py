"""A dataset that several machines fill workspaces for, and one makes.

filling        a part of the papers into a workspace, and its receipt
receipt        what a workspace has been filled for, and how that ended
merging        several workspaces as one, to be read
assembling     workspaces to a dataset folder: refuses what is missing, then does what a build does
report         what filling a part did
"""
