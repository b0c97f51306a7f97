"""Commands of `qagen` by what belongs together; `builder.cli` mounts them.

options            options that several commands have
publish            push, retract
ledger             show, verify, repair and move the answers
models             models of the embedded engine and of the second opinion
compare            two datasets side by side
review             records judged beside their source
report             a page on what a dataset is like
evalset            sets for evaluation harnesses
demo               the main job on the example papers
doctor             what works on this machine, and what does not
doctor_model       what a model's server can do
findings           a doctor's findings
summary            a build's report on one screen
"""
