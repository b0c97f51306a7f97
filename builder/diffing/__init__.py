"""What differs between two datasets, why, and which version number that makes.

diff           records that came, went or changed, each with a cause
causes         the causes
text           a diff as lines for the terminal
versions       the number of a version, out of what changed
compare        two datasets side by side, for prompts and models
"""
