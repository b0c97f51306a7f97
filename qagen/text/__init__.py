"""Plain text, whatever it is for.

sentences      where sentences begin and end
lexicon        what several rules look for: refusals, talk to oneself, headings of references
languages      languages by their ISO 639-1 codes
"""
