"""llama.cpp in the process, and where its weights come from.

engine         a loopback server in this process
gguf           what a file of weights says of itself
memory         whether weights fit
weights        models by name: those that are here
pull           fetching them from the Hub or Ollama's store
ollama         models that Ollama has already
transfer       the fetching process
deadlines      time limits over a whole transfer
"""
