"""Plain text, whatever it is for.

sentences      where sentences begin and end
languages      languages by their ISO 639-1 codes
"""
