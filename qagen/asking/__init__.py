"""What is asked about a paper, in which order, and what the answers come to.

recipe         how records are made: prompts, model, engine, rules
dialogue       the next request for pairs as a pure function of those before; dialogues as generators
dialogues      the dialogues of a build: headings of a paper, pairs of a chunk, verdicts on them
grouping       which chunks of a paper are asked about together; across, which of two papers
chunk_reading  a chunk as both compare it with others; nearness, its vector
main_body      a model's choice of headings, mapped back to the true ones
judge          a chunk's pairs judged in one call, then asked anew from the chunk alone
traces         a record's question asked anew, for the thoughts that lead to its answer
labels         a judge's answer read
agreement      whether two answers to a question say the same
"""
