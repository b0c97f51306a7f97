"""The engine that asks a model server, or several, over HTTP.

engine         asks until an answer is there; tries again, elsewhere or later
host           one server: a try, an embedding, its models
http_client    requests and what can go wrong with them
responses      a server's answer, read
slots          who may be asked next, over all servers
concurrency    how many calls at a time are best, measured
breaker        a server that is gone, waited for
parsers        options of servers that split reasoning from text
"""
