"""The weight-free conversion: rules over a PDF's text layer in the place of marker's layout model.

reader        a page's characters out of pdfium, in one pass -> characters
gutters, bidi lines across two columns parted; text from right to left in reading order
lines         characters -> lines of spans; scripts: which are superscripts; cleaning: their text
layers        a copy of the PDF in which what is on layers that are off is marked
painted       what a page paints, in its order
unread        what is no part of what is read: unseen text, watermarks, linenumbers; dropcaps put before their words
textlayer     all of that for each page -> pages of lines with their styles
drawings      ruling lines and areas of figures, from the page's objects; cells of tables
grids         tables whose cells are drawn
furniture     running heads, page numbers, line numbers, banners, across pages
rows          lines side by side become rows; columns; reading order
areas         tables and figures of a page
paragraphs    rows become pieces: paragraphs, headings, captions, equations, footnotes, ...
headings      which of them are headings and how deep
flows         pieces that continue in the next column or on the next page become one; lists, references
hyphens       which line ends are joined, from evidence
joints        where lines of Chinese and Japanese meet
rendering     markdown, with the place of every line
metadata      title, authors, year, DOI, licence
conversion    all of it in order

Everything between textlayer and rendering is pure: frozen values in, frozen values out.
"""
