"""`qagen report`: what a dataset is like, on one page that needs nothing else.

`rows` reads records and rejections of any version, `figures` are the frozen values that the page shows, `counting` computes them while the
rows pass by, with `counters` and `drawing` in bounded memory, `cost` says what a record took, `versions` sets two versions beside each
other, `samples` draws records and shows their evidence, `charts` turns counts into SVG, `wording` names things, `page` puts all of it into
the template `report.html.jinja`, and `report` is the way from folders to the file.
"""
