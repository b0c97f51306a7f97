"""The commands that need no dataset: `qagen convert`, `parse`, `check` and `prompts`.

app                 the commands and their options
documents           `convert`: papers as markdown and JSON
options             the options of a command, made of the tables of qagen.options
check               `check`: anybody's pairs, a line each
judged_lines        the same lines, judged by one's own model
figures             counts over labelled lines
"""
