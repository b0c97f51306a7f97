"""The engines: what answers a request. Only this package imports openai and llama.cpp, and only when an engine is used.

opening        chooses an engine, and opens it
presets        sampling that a model's makers recommend, by its name
schema         JSON schemas of the answers that are wanted
event_loop     runs coroutines, also in a notebook, whose loop runs already
embedding      vectors of questions
server/        model servers over HTTP
embedded/      llama.cpp in the process, and its weights
probing/       what a server is and does
"""
