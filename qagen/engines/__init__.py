"""The engines: what answers a request. Only this package imports openai, and only when an engine is used."""
