"""Publishing: a dataset folder becomes a version on the Hub.

push           the whole: try, look, try again, verify what landed
release        one try: what is there, what is to be sent, and sending it
options        what publishing is told and what it needs from outside
history        the versions that a repository has
published      opening a version by its tag
retraction     a new version without some papers
licenses       licences of papers that speak against publishing
locator        `name/dataset@revision`, and where its files are
hub            the Hub's API as far as it is needed
errors         faults of the Hub, its transport and its storage, as ours
"""
