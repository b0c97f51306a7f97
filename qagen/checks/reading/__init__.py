"""How the checks read a text: one notation for words, numbers, units and names.

text           a text with its sentences, words and stems
source         the text that an answer has to be grounded in, indexed once
whole_paper    a whole paper, for what a question takes for granted, and for answers; several_papers, several of them
questions      what a question asks for
answering      whether a sentence answers a question
sources        sources kept indexed, as long as memory allows
words          lists of English words that more than one check uses
wordings       phrases that are looked for in many texts
cues           words that every match of an expression has, read off it
names          acronyms, formulas and labels, and what acronyms stand for
abbreviations  those that only the source spells out
quantities     numbers with their units, in any notation
units          units of measure, their dimensions and factors
solution       the one value that a question asks for
reckoning      numbers that others come to: differences, sums, ratios, shares
directions     words for one of two ways: more and less, before and after
signs          a number's minus and relation
stated         the numbers that a text states, found by value
mentions       where numbers and names stand, and what stands near them
causes         what is said to follow from what
claims         which sentences claim something, and which decline
support_model  the fitted numbers behind the support score (`support.json`)
"""
