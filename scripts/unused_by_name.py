# ruff: noqa: B018, F821
"""What `vulture` takes for unused: names that somebody calls who does not read this code. A new one stands under who calls it."""

# Python looks these up itself.
__getattr__
__dir__
__loader__
__signature__
__doc__
_value_

# Notebooks show a value by these, and an error.
_repr_html_
_render_traceback_

# `datasets` reads these of a builder class, and calls it so.
create_config_id
_resolve_data_files
base_path
download_config
VERSION
BUILDER_CONFIG_CLASS
BUILDER_CONFIGS
DEFAULT_CONFIG_NAME
_split_generators
_generate_examples

# pydantic reads these of a model; settings and columns are read by their names, one loop for all.
model_config
min_relevance
min_context_independence
min_completeness
min_accuracy
min_reasonableness
judge_relevance
judge_context_independence
judge_completeness
judge_accuracy
judge_reasonableness
relevance
context_independence
completeness
accuracy
reasonableness

# Options of the command line, by their names.
decontaminate
chunk_chars
also_rejected

# The templates of cards, reports and reviews.
solutions
data_url
with_records
passed
ninth
percent
opening_share
other_reasons
barren
more_barren
has_rejections
more_settings

# marker calls these of a converter and a provider.
convert_table
page_bboxes
get_images

# onnxruntime, llama.cpp, httpx, pygal, Ray and rich read what is set.
inter_op_num_threads
intra_op_num_threads
enable_cpu_mem_arena
log_severity_level
execution_mode
model_alias
hostnames
n_ctx
n_parallel
kv_unified
n_threads
n_threads_http
n_gpu_layers
endpoint_props
endpoint_metrics
ui
cache_ram_mib
verbosity
follow_redirects
x_labels
get_renderables
text_format
reducer_override
obj
print_on_execution_start

# Types in quotation marks, and a member of an enumeration that is counted down to.
EntailmentOffer
EntailmentKept
Loader
ModuleSpec
ResponseFormatJSONSchema
SCHEMA
