"""The dataset folder on the disk: its schema, its tables, its manifest, and how it is put in place.

schema         columns and features of every config
trainers       rows as trainers take them: prompt and completion, chosen and rejected
nulls          values that a column leaves out
parquet        writing tables, row group by row group
manifest       `manifest.json`: what a dataset is made of, and by what
read           reading tables back
splits         which paper goes to which split
profile        counts over records, for card and manifest
examples       the records that a card shows
review_table   rows as a review goes through them
review_counts  what people decided, as the manifest has it
replace        a new folder in the place of an old one, at once
recover        what a killed run left beside a folder
retracted      papers that were taken out of later versions
"""
