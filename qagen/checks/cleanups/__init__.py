"""Changes that keep a pair's meaning, made before anything is checked.

invisible            characters that nobody sees
markup               links and citation brackets
flattened_citations  numbers of references that lost their form
attribution          "According to the study, ..."
lost_blanks          blanks between two words
abbreviations        spelled out where the source spells them out
"""
