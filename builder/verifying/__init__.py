"""Walking back from each record to the page that it came from: what `qagen verify` does.

verify         the whole
files          files and tables against the manifest
derived        the rows of the other configs against `default` and `rejected`
places         each place of a record about several
document       a record against its converted paper: chunk, section, evidence
page           a record's evidence against the words in its boxes on the PDF's page
pages          the words of a PDF's pages
report         the outcome as text
"""
