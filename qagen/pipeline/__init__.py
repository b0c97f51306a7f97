"""The two phases of a build, and what they count.

run            fills the workspace: conversions side by side, calls as fast as the engine takes them
replay         the pure stages: documents and answers that are kept become records and rejections
across         which papers are asked about together, and where a record of several stands
opened         papers as they lie in a workspace: document, metadata, main body
placing        where a record stands in a paper: chunks, places, evidence
stats          counts of both, as values that add up
"""
