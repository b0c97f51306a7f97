"""The two phases of a build, and what they count.

run            fills the workspace: conversions side by side, calls as fast as the engine takes them
replay         the pure stages: documents and answers that are kept become records and rejections
stats          counts of both, as values that add up
"""
