"""Finding out what a server is and does.

probe             what one call shows
server_info       what the server says of itself
identity          which weights stand behind a model's name
truncation_guard  whether prompts arrive whole
model_size        parameters, by a model's name
"""
