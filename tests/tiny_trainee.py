"""A language model of a few thousand random weights, for trainers to take a step with.

    python tests/tiny_trainee.py CARD FOLDER    runs the card's snippets on the dataset FOLDER, one step each, and prints what came of it

Its tokens are bytes, and its chat template knows `reasoning_content`. Run in a process of its own: what trainers import takes
its time and says a lot.
"""

import json
import re
import sys
import tempfile
from pathlib import Path

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>"
    "{% if message['reasoning_content'] %}<think>{{ message['reasoning_content'] }}</think>{% endif %}"
    "{{ message['content'] }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SNIPPET = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IGNORED = -100
"""The label of a token that is read and not learnt."""
STEP = 'output_dir="out", max_steps=1, use_cpu=True, report_to="none", save_strategy="no", logging_steps=1'
FURTHER = {"GRPOConfig": ", per_device_train_batch_size=2, num_generations=2, max_completion_length=8"}


def write_model(place: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = ["<|pad|>", "<|end|>", "<|user|>", "<|assistant|>", "<think>", "</think>", *letters]
    bytewise = Tokenizer(models.BPE({word: number for number, word in enumerate(words)}, []))
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytewise.decoder = decoders.ByteLevel()
    bytewise.add_special_tokens(words[:6])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytewise, pad_token="<|pad|>", eos_token="<|end|>")
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(place)
    shape = LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=4096, pad_token_id=0, eos_token_id=1, bos_token_id=None,
    )  # fmt: skip
    LlamaForCausalLM(shape).save_pretrained(place)


def run(code: str, folder: str, model: Path) -> dict[str, object]:
    config = re.search(r"(\w+Config)\(", code)[1]
    code = code.replace("Qwen/Qwen3-0.6B", str(model)).replace('"DIR"', repr(folder))
    code = code.replace('"dataset/"', repr(folder)).replace(", max_steps=1", "")  # as the tutorial has them
    code = code.replace('output_dir="out"', STEP + FURTHER.get(config, ""))
    names: dict[str, object] = {}
    exec(compile(code, config, "exec"), names)
    trainer = names["trainer"]
    found: dict[str, object] = {
        "steps": trainer.state.global_step,
        "loss": next(entry["train_loss"] for entry in trainer.state.log_history if "train_loss" in entry),
        "rows": len(trainer.train_dataset),
    }
    if config == "SFTConfig":
        labels = trainer.train_dataset[0]["labels"]
        found["trained"] = trainer.processing_class.decode([token for token in labels if token != IGNORED])
    if config == "GRPOConfig":
        said = [
            [{"role": "assistant", "content": text}]
            for text in (
                "It is 3.37 eV.",
                "It is 3.4 eV.",
                "It is 337 eV or 3.37 eV.",
                "Who knows?",
                "3370 × 10−3 eV",
                "It is 3.37 eVs.",
            )
        ]
        wanted = [{"value": 3.37, "unit": "eV", "tolerance": 0.005}] * len(said)
        found["rewards"] = names["right_value"](completions=said, solution=wanted)
    return found


def main(card: str, folder: str) -> None:
    try:
        import torchvision  # noqa: F401
    except (
        ImportError,
        RuntimeError,
    ):  # one that was built for another torch: trainers of texts can do without
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        sys.modules["torchvision"] = None  # type: ignore[assignment]
    snippets = [code for code in SNIPPET.findall(Path(card).read_text("utf-8")) if "Trainer(" in code]
    with tempfile.TemporaryDirectory() as place:
        write_model(Path(place))
        print(json.dumps([run(code, folder, Path(place)) for code in snippets]))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
