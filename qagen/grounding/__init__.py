"""A second opinion where the rules end: a small entailment model in the process reads the claims that they let pass.

windows.py   what the model is shown of a pair: each sentence of the answer under its question, beside the source's nearest sentences
model.py     the model: ONNX weights on one core; the only module that imports the runtime
weights.py   the models' names, and where their files lie
pull.py      their files from the Hub
store.py     scores that are kept in the workspace
grounder.py  the stage: what the rules let pass gets a score, and is turned down where it is too low
"""
