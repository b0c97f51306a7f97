"""A model of a few hundred words that says by heart what a test wants it to say, as a GGUF that a real llama.cpp loads.

    write_model(path, ["Let me see.\\n", "</think>", "\\n\\n", "###QUESTION: Why?\\n", "###ANSWER: Because.\\n"])

Its weights are a table of which word follows which: the embedding of a word is a unit vector, attention and feed-forward
give zero, and the output layer holds for each word a large logit at its successor. Every step of the script is one word of the
vocabulary, so whatever is asked, and however it is sampled, the reply is the script.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np

BOS, EOS = "<|begin|>", "<|end|>"
THINK, DONE = "<think>", "</think>"
_TURNS = (
    "{{{{ bos_token }}}}{{% for message in messages %}}{{% if message['role'] == 'assistant' %}}<|assistant|>{0}<|end|>"
    "{{% else %}}<|{{{{ message['role'] }}}}|>{{{{ message['content'] }}}}{{% endif %}}{{% endfor %}}"
    "{{% if add_generation_prompt %}}<|assistant|><think>\n{{% endif %}}"
)
R1_TEMPLATE = _TURNS.format("{{ message['content'].split('</think>')[-1] }}")
"""Opens the thoughts and does not say how they end: llama.cpp leaves them in the text, with a closing tag alone."""
THINKING_TEMPLATE = _TURNS.format(
    "{% if message.reasoning_content %}<think>\n{{ message.reasoning_content }}</think>\n\n{% endif %}{{ message['content'] }}"
)
"""Says how thoughts stand in a turn: llama.cpp sends them apart."""
_CERTAIN = 60.0


def write_model(
    path: Path,
    script: Sequence[str],
    *,
    template: str | None = R1_TEMPLATE,
    context: int = 16384,
    name: str = "tiny",
) -> Path:
    """Write a model that answers everything with the script, whose steps differ from each other."""
    words, kinds = _vocabulary(script)
    places = {word: place for place, word in enumerate(words)}
    follows = [places["Ċ"], *(places[_encoded(step)] for step in script), places[EOS]]
    assert len(set(follows)) == len(follows), "a step stands twice in the script, or is a line break"
    size = len(words)
    writer = gguf.GGUFWriter(path, "llama")
    _describe(writer, size, name, context, template)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(words)
    writer.add_token_types(kinds)
    writer.add_token_merges(["t h", "th e", "i n"])
    writer.add_bos_token_id(places[BOS])
    writer.add_eos_token_id(places[EOS])
    writer.add_add_bos_token(False)
    logits = np.zeros((size, size), np.float32)
    logits[places[EOS], :] = _CERTAIN
    for word, successor in pairwise(follows):
        logits[places[EOS], word] = 0
        logits[successor, word] = _CERTAIN
    writer.add_tensor("token_embd.weight", np.eye(size, dtype=np.float32))
    for part in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{part}.weight", np.ones(size, np.float32))
    for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{part}.weight", np.zeros((size, size), np.float16))
    for part, shape in (("ffn_gate", (32, size)), ("ffn_up", (32, size)), ("ffn_down", (size, 32))):
        writer.add_tensor(f"blk.0.{part}.weight", np.zeros(shape, np.float16))
    writer.add_tensor("output_norm.weight", np.ones(size, np.float32) / np.sqrt(size, dtype=np.float32))
    writer.add_tensor("output.weight", logits)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _describe(writer: gguf.GGUFWriter, size: int, name: str, context: int, template: str | None) -> None:
    writer.add_name(name)
    writer.add_license("mit")
    writer.add_context_length(context)
    writer.add_embedding_length(size)
    writer.add_block_count(1)
    writer.add_feed_forward_length(32)
    writer.add_head_count(size // 32)
    writer.add_head_count_kv(size // 32)
    writer.add_rope_dimension_count(32)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(size)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    if template is not None:
        writer.add_chat_template(template)


def _vocabulary(script: Sequence[str]) -> tuple[list[str], list[int]]:
    """All bytes, so that any text has words; three merged ones; the marks; one word for each step. A multiple of 32."""
    marks = [BOS, EOS, "<|user|>", "<|system|>", "<|assistant|>"]
    words = [*_ALPHABET.values(), "th", "the", "in"]
    kinds = [gguf.TokenType.NORMAL] * len(words)
    words += marks
    kinds += [gguf.TokenType.CONTROL] * len(marks)
    words += [THINK, DONE]
    kinds += [gguf.TokenType.USER_DEFINED] * 2
    steps = [_encoded(step) for step in script if step not in (THINK, DONE)]
    words += [step for step in steps if step not in words]
    kinds += [gguf.TokenType.NORMAL] * (len(words) - len(kinds))
    while len(words) % 32:
        words.append(f"[unused {len(words)}]")
        kinds.append(gguf.TokenType.UNUSED)
    return words, [int(kind) for kind in kinds]


def _alphabet() -> dict[int, str]:
    """Byte -> the letter that stands for it in a byte-level vocabulary: itself where it is visible, else one from U+0100 on."""
    visible = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = [byte for byte in range(256) if byte not in visible]
    return {byte: chr(byte if byte in visible else 256 + hidden.index(byte)) for byte in range(256)}


_ALPHABET = _alphabet()


def _encoded(text: str) -> str:
    return text if text in (THINK, DONE) else "".join(_ALPHABET[byte] for byte in text.encode())
