"""`qagen report`: what a dataset is like, on one page that needs nothing else.

`rows` reads records and rejections of any version, `figures` are the frozen values that the page shows, `counting` computes them while the
rows pass by, `cost` says what a record took, `samples` draws records and shows their evidence, `charts` turns counts into SVG, `page` puts
all of it into the template `report.html.jinja`, and `report` is the way from folders to the file.
"""
