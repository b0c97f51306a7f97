"""The commands that need no dataset: `qagen convert`, `parse`, `check` and `prompts`.

app                 the commands and their options
documents           `convert`: papers as markdown and JSON
conversion_options  options of every command that converts
check               `check`: anybody's pairs, a line each
judged_lines        the same lines, judged by one's own model
figures             counts over labelled lines
"""
