"""From a document to what is asked about.

sections       headings with their text, and which are main body
section_kinds  abstract, methods, results ...
chunks         pieces of a section, never over its end
evidence       spans of a chunk as pages and boxes of the PDF
"""
