"""Every option once: the command line, `load_dataset` and the Python functions read the same tables.

tables    the options, and who takes which
option    what is said of an option beside its name and its type
typed     reads what is typed on the command line
reading   the options of a table, and what a caller is told of a keyword that is none
values    the settings that some options make
spelling  what is said of options of the command line, in keywords
functions Python functions whose keywords are the options of a table
"""
