"""Responses as models and servers spell them, each with the two pairs that a person sees in it.

Each is a name and a text. What was drafted in the reasoning must not come back as a pair. All texts are made up here.
"""

import csv
import io
import json

PAIRS = [
    (
        "Why does a glacier speed up in spring?",
        "Meltwater reaches the bed and lifts the ice, so that it slides more easily.",
    ),
    ("How deep does the water run?", "It runs at the bed, some nine hundred metres below the surface."),
]
DRAFT = ("What was the first idea about the bed?", "Perhaps the bed is frozen, which has to be looked up.")

_FORM = "###QUESTION: {}\n###ANSWER: {}"
FINAL = "\n\n".join(_FORM.format(*pair) for pair in PAIRS)
THOUGHTS = (
    "The user wants pairs about glaciers. A first try:\n\n"
    + _FORM.format(*DRAFT)
    + "\n\nNo, this is not in the text. Once more."
)
PLAN = "We need two pairs about glaciers."


def _blocks() -> dict[str, tuple[str, str]]:
    """Marks that open and close reasoning."""
    plain = """scratchpad reflection internal_monologue thinking_process antThinking deliberation notes_to_self cot ponder
        rationale brainstorming draft working steps preliminary x-thoughts reasoning_content my_plan ruminate"""
    found = {f"tag {name}": (f"<{name}>", f"</{name}>") for name in plain.split()}
    found |= {
        "square capitals": ("[THINK]", "[/THINK]"),
        "square unknown": ("[PLANNING]", "[/PLANNING]"),
        "triangles": ("◁think▷", "◁/think▷"),
        "triangles unknown": ("◁musing▷", "◁/musing▷"),
        "begin of": ("<|begin_of_thought|>", "<|end_of_thought|>"),
        "begin of unknown": ("<|begin_of_review|>", "<|end_of_review|>"),
        "begin end": ("<begin_scratch>", "<end_scratch>"),
        "start end capitals": ("<|START_REFLECTING|>", "<|END_REFLECTING|>"),
        "name with a colon": ("<seed:cot>", "</seed:cot>"),
        "pipes": ("<|thinking|>", "<|/thinking|>"),
        "full-width pipes": ("<｜think｜>", "<｜/think｜>"),
        "attributes": ('<thinking effort="high" time="3">', "</thinking>"),
        "escaped unknown": ("&lt;scratchpad&gt;", "&lt;/scratchpad&gt;"),
        "comment": ("<!-- thinking:", "-->"),
        "details": ("<details><summary>Thoughts</summary>", "</details>"),
        "open close sep": ("<|open|>reflect<|sep|>", "<|close|>reflect<|sep|>"),
        "half pipes": ("<|channel>thinking\n", "<channel|>"),
        "half pipes unknown": ("<|musing>", "<musing|>"),
        "fence": ("```thinking\n", "\n```"),
        "blanks in the tag": ("< think >", "< / think >"),
        "capital tag": ("<THINKING>", "</THINKING>"),
        "double angle": ("<<thinking>>", "<</thinking>>"),
        "braces": ("{{thinking}}", "{{/thinking}}"),
        "no opening unknown": ("", "</scratchpad>"),
        "no opening half pipe": ("", "<channel|>"),
        "no opening square": ("", "[/REASONING]"),
        "no opening end of": ("", "<|end_of_thinking|>"),
        "ollama": ("Thinking...\n", "\n...done thinking.\n"),
        "ruled end": ("--- BEGIN REASONING ---\n", "\n--- END REASONING ---\n"),
        "bracketed end": ("(Start of thoughts)\n", "\n(End of thoughts)\n"),
        "headings": ("## Reasoning\n", "\n## Response\n"),
        "bold headings": ("**Thinking:**\n", "\n**Final response:**\n"),
        "spoken headings": ("Here's my reasoning:\n", "\nHere's my answer:\n"),
        "spoken headings, long": ("Here is my internal thought process:\n", "\nHere is my final response:\n"),
        "think, then a container": ("<think>", "</think>\n<output>"),
        "container only opens": ("<reasoning>", "</reasoning>\n<SOLUTION>"),
        "think never closed, answer opens": ("<think>", "\n<final_answer>"),
        "two blocks": ("<plan>What to ask.</plan>\n<critique>", "</critique>"),
        "assistant before": ("<|im_start|>assistant\n<think>", "</think>"),
    }  # fmt: skip
    return found


def _reasoning() -> dict[str, str]:
    found = {
        name: f"{opening}{THOUGHTS}\n{closing}\n{FINAL}\n" for name, (opening, closing) in _blocks().items()
    }
    found |= {
        "glued closing tag": f"<musings>{THOUGHTS}</musings>{FINAL}",
        "closed container": f"<planning>{THOUGHTS}</planning>\n<result>\n{FINAL}\n</result>",
        "container of all": f"<qa_list>\n{FINAL}\n</qa_list>",
        "unknown container of all": f"<zebra>\n{FINAL}\n</zebra>",
        "review behind": f"<draft>{THOUGHTS}</draft>\n{FINAL}\n<review>Both stand in the text.</review>",
        "think behind": f"{FINAL}\n<think>Both stand in the text.</think>",
        "think twice": f"<think>{PLAN}</think>\n<think>{THOUGHTS}</think>\n{FINAL}",
        "double close, no opening": f"{THOUGHTS}\n</think>\n{FINAL}\n</think>",
        "trailing close": f"{FINAL}\n</thinking>",
        "trailing close, token": f"{FINAL}\n</think><|im_end|>",
        "trailing close, square": f"<think>{PLAN}</think>\n{FINAL}\n[/THINK]",
        "trailing triple": f"<think>{PLAN}</think>\n{FINAL}\n</think>\n</think>\n</think>",
        "empty think": f"<think>\n\n</think>\n\n{FINAL}",
        "empty unknown": f"<scratch></scratch>\n{FINAL}",
    }
    return found


def _channels() -> dict[str, str]:
    analysis = f"<|channel|>analysis<|message|>{THOUGHTS}<|end|>"
    lost = THOUGHTS
    return {
        "final": f"{analysis}<|start|>assistant<|channel|>final<|message|>{FINAL}<|return|>",
        "final, blanks": f"<|channel|> analysis <|message|>{THOUGHTS}<|end|>\n<|start|>assistant <|channel|> final <|message|>\n{FINAL}",
        "final, constrained": f"{analysis}<|start|>assistant<|channel|>final <|constrain|>text<|message|>{FINAL}",
        "final, constrained, glued": f"{analysis}<|start|>assistant<|channel|>final<|constrain|>markdown<|message|>{FINAL}<|return|>",
        "final code": f"{analysis}<|start|>assistant<|channel|>final code<|message|>{FINAL}<|end|>",
        "commentary only": f"{analysis}<|start|>assistant<|channel|>commentary<|message|>{FINAL}<|return|>",
        "commentary, then final": f"{analysis}<|start|>assistant<|channel|>commentary<|message|>I will write now.<|end|><|start|>assistant<|channel|>final<|message|>{FINAL}",
        "analysis twice": f"<|channel|>analysis<|message|>{PLAN}<|end|><|start|>assistant{analysis}<|start|>assistant<|channel|>final<|message|>{FINAL}",
        "nothing after the end": f"{analysis}{FINAL}",
        "start without a channel": f"{analysis}<|start|>assistant<|message|>{FINAL}<|end|>",
        "final alone": f"<|channel|>final<|message|>{FINAL}",
        "message lost": f"<|channel|>analysis\n{THOUGHTS}\n<|channel|>final\n{FINAL}",
        "unknown channel": f"<|channel|>musing<|message|>{THOUGHTS}<|end|><|channel|>reply<|message|>{FINAL}<|end|>",
        "lost": f"analysis{lost}assistantfinal{FINAL}",
        "lost, lines": f"analysis\n\n{lost}\n\nassistant\nfinal\n{FINAL}",
        "lost, blanks": f"analysis {lost} assistant final {FINAL}",
        "lost, bold": f"analysis{lost}\nassistantfinal**QUESTION:** {PAIRS[0][0]}\n**ANSWER:** {PAIRS[0][1]}\n\n**QUESTION:** {PAIRS[1][0]}\n**ANSWER:** {PAIRS[1][1]}",
        "lost, assistant first": f"assistantanalysis{lost}assistantfinal{FINAL}",
        "lost, commentary": f"analysis{PLAN}assistantcommentary{PLAN}assistantfinal{FINAL}",
        "lost, commentary alone": f"analysis{lost}assistantcommentary{FINAL}",
        "lost, assistant lost too": f"analysis{lost}\n\nfinal{FINAL}",
        "lost, only final": f"assistantfinal{FINAL}",
        "lost, final word alone": f"final\n{FINAL}",
        "lost, JSON": f"analysis{PLAN}assistantfinal{json.dumps([{'question': q, 'answer': a} for q, a in PAIRS])}",
        "lost, JSON constrained": f"analysis{PLAN}assistantfinal json{json.dumps([{'question': q, 'answer': a} for q, a in PAIRS])}",
        "lost, capital": f"Analysis\n{lost}\nAssistant Final\n{FINAL}",
    }


def _remains() -> dict[str, str]:
    tokens = """<|im_end|> <turn|> <end_of_turn> [/INST] </s> <｜end▁of▁sentence｜> </answer> <|eot_id|> <|endoftext|> <eos> <|end|>
        <|END_RESPONSE|> <|return|> [EOS] <EOT> </assistant> <|end_of_msg|> <end_of_utterance> <|END_OF_TURN_TOKEN|> [|endofturn|]
        <|eom_id|> <extra_id_1> [e~[ <|role_end|> </output> <end> <pad><pad><pad> <0x0A> [END] <|fim_pad|> </ANSWER> <unk> <|im_sep|>"""
    found = {f"token {token}": f"{FINAL}{token}" for token in tokens.split()}
    found |= {
        f"token on a line {token}": f"{FINAL}\n{token}\n"
        for token in ("<end_of_turn>", "</s>", "[/INST]", "<turn|>", "<eot>")
    }
    for token in ("<end_of_turn>", "</s>", "[/INST]", "<|end|>", "<eos>"):
        found[f"token between {token}"] = (
            f"{_FORM.format(*PAIRS[0])}{token}\n\n{_FORM.format(*PAIRS[1])}{token}"
        )
    found |= {
        "human": f"{FINAL}\nHuman: Thanks.",
        "human, blank line": f"{FINAL}\n\nHuman: Thanks. Now the next one.\n\nAssistant: With pleasure.",
        "human, token": f"{FINAL}</s>\nHuman: Thanks.",
        "user": f"{FINAL}\n\nUser: And now in French?",
        "user, bold": f"{FINAL}\n\n**User:** More, please.",
        "user, hashes": f"{FINAL}\n\n### Human: More, please.\n### Assistant: Yes.",
        "instruction": f"{FINAL}\n\n### Instruction:\nWrite a poem.",
        "human, same line": f"{FINAL} Human: Thanks.",
        "user turn": f"{FINAL}<end_of_turn>\n<start_of_turn>user\nMore, please.<end_of_turn>",
        "boxed": f"\\boxed{{\n{FINAL}\n}}",
        "boxed, dollar": f"$\\boxed{{{FINAL}}}$",
        "boxed, brackets": f"\\[\n\\boxed{{\n{FINAL}\n}}\n\\]",
        "document": f"\\begin{{document}}\n{FINAL}\n\\end{{document}}",
        "escaped breaks": FINAL.replace("\n", "\\n"),
        "escaped breaks, doubled": FINAL.replace("\n", "\\\\n"),
        "escaped break at the end": f"{FINAL}\\n",
        "escaped breaks between": FINAL.replace("\n\n", "\\n\\n"),
        "escaped break within": FINAL.replace("ice, so", "ice,\\nso"),
        "carriage returns, escaped": FINAL.replace("\n", "\\r\\n"),
        "fence never closed": f"```markdown\n{FINAL}",
        "fence closes only": f"{FINAL}\n```",
        "answers label": FINAL.replace("###ANSWER", "Answers"),
        "answering label": FINAL.replace("###ANSWER", "Answering"),
        "response label": FINAL.replace("###ANSWER", "Response"),
        "reply label": FINAL.replace("###ANSWER", "**Reply**"),
        "solution label": FINAL.replace("###ANSWER", "###SOLUTION"),
        "query and reply": FINAL.replace("###QUESTION", "Query").replace("###ANSWER", "Reply"),
        "prompt and completion": FINAL.replace("###QUESTION", "### Prompt").replace("###ANSWER", "### Completion"),
        "frage and antwort": FINAL.replace("###QUESTION", "Frage").replace("###ANSWER", "Antwort"),
        "user and assistant": FINAL.replace("###QUESTION", "User").replace("###ANSWER", "Assistant"),
        "human and ai": FINAL.replace("###QUESTION", "Human").replace("###ANSWER", "AI"),
        "small letters": FINAL.replace("###QUESTION", "q").replace("###ANSWER", "a"),
        "questioning and answering": FINAL.replace("###QUESTION", "Questioning").replace("###ANSWER", "Answering"),
    }  # fmt: skip
    return found


def _python(pairs: list[dict[str, str]]) -> str:
    return repr(pairs)


def _table(rows: list[tuple[str, ...]], head: tuple[str, ...]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, tuple("---" for _ in head), *rows)]
    return "\n".join(lines)


def _csv(head: list[str] | None, delimiter: str = ",", quoting: int = csv.QUOTE_ALL) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    if head:
        writer.writerow(head)
    writer.writerows(PAIRS)
    return out.getvalue()


def _xml(question: str, answer: str, item: str = "item", root: str = "items") -> str:
    items = "\n".join(
        f"  <{item}>\n    <{question}>{q}</{question}>\n    <{answer}>{a}</{answer}>\n  </{item}>"
        for q, a in PAIRS
    )
    return f"<{root}>\n{items}\n</{root}>"


def _shapes() -> dict[str, str]:
    rows = [{"question": q, "answer": a} for q, a in PAIRS]
    keyed = [
        ("instruction", "output"), ("prompt", "completion"), ("input", "output"), ("query", "response"), ("Q", "A"), ("user", "assistant"),
        ("question", "answer_text"), ("human", "gpt"), ("problem", "solution"), ("prompt", "response"), ("question_text", "ideal_answer"),
    ]  # fmt: skip
    found = {f"keys {one} {two}": json.dumps([{one: q, two: a} for q, a in PAIRS]) for one, two in keyed}
    python = _python(rows)
    curly = (
        json.dumps(rows)
        .replace('": "', "”: “")
        .replace('", "', "”, “")
        .replace('{"', "{“")
        .replace('"}', "”}")
    )
    messages = [[{"role": "user", "content": q}, {"role": "assistant", "content": a}] for q, a in PAIRS]
    found |= {
        "alpaca": json.dumps([{"instruction": q, "input": "", "output": a} for q, a in PAIRS], indent=2),
        "alpaca in a fence": "```json\n" + json.dumps([{"instruction": q, "input": "", "output": a} for q, a in PAIRS]) + "\n```",
        "messages": json.dumps([{"messages": turns} for turns in messages]),
        "messages, one list": json.dumps({"messages": messages[0] + messages[1]}),
        "messages, system first": json.dumps([{"messages": [{"role": "system", "content": "Be exact."}, *turns]} for turns in messages]),
        "messages, lines": "\n".join(json.dumps({"messages": turns}) for turns in messages),
        "conversations": json.dumps([{"conversations": [{"from": "human", "value": q}, {"from": "gpt", "value": a}]} for q, a in PAIRS]),
        "parts": json.dumps([[{"role": "user", "parts": [{"text": q}]}, {"role": "model", "parts": [{"text": a}]}] for q, a in PAIRS]),
        "squad": json.dumps([{"question": q, "answers": {"text": [a], "answer_start": [0]}} for q, a in PAIRS]),
        "answers, one each": json.dumps([{"question": q, "answers": [a]} for q, a in PAIRS]),
        "nested texts": json.dumps([{"question": {"text": q}, "answer": {"text": a}} for q, a in PAIRS]),
        "lists of two": json.dumps([list(pair) for pair in PAIRS]),
        "columns and rows": json.dumps({"columns": ["question", "answer"], "data": [list(pair) for pair in PAIRS]}),
        "numbered objects": json.dumps({str(n): row for n, row in enumerate(rows, 1)}),
        "python list": python,
        "python in a fence": f"```python\npairs = {python}\n```",
        "python, trailing commas": python.replace("'}", "',}").replace("}]", "},]"),
        "python, several lines": "qa_pairs = [\n" + "".join(f"    {{\n        'question': {q!r},\n        'answer': {a!r},\n    }},\n" for q, a in PAIRS) + "]",
        "python tuples": "[\n" + "".join(f"    ({q!r}, {a!r}),\n" for q, a in PAIRS) + "]",
        "python calls": "\n".join(f"QA(question={q!r}, answer={a!r})" for q, a in PAIRS),
        "python dict calls": "[" + ", ".join(f"dict(question={q!r}, answer={a!r})" for q, a in PAIRS) + "]",
        "curly quotes": curly,
        "bare keys": "[" + ", ".join(f"{{question: {json.dumps(q)}, answer: {json.dumps(a)}}}" for q, a in PAIRS) + "]",
        "trailing commas": json.dumps(rows, indent=1).replace('"\n', '",\n').replace("}\n", "},\n"),
        "comments": "[\n  // first\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]",
        "string of JSON": json.dumps(json.dumps(rows)),
        "string of string": json.dumps(json.dumps(json.dumps(rows))),
        "string of text": json.dumps(FINAL),
        "text under a key": json.dumps({"output": FINAL}),
        "text under an unknown key": json.dumps({"zebra": FINAL, "tokens": 12}),
        "JSON under a key": json.dumps({"response": json.dumps(rows)}),
        "text under a key, python": repr({"content": FINAL}),
        "texts in a list": json.dumps([_FORM.format(*pair) for pair in PAIRS]),
        "lines of JSON": "\n".join(json.dumps(row) for row in rows),
        "lines of JSON in a fence": "```jsonl\n" + "\n".join(json.dumps(row) for row in rows) + "\n```",
        "JSON behind a sentence": f"Here you are.\n\n{json.dumps(rows)}",
        "fence behind a sentence": f"Here is the JSON:\n\n```json\n{json.dumps(rows, indent=2)}\n```\n\nBoth are from the excerpt.",
        "fenced one by one": "\n\n".join(f"```json\n{json.dumps(row)}\n```" for row in rows),
        "completion as messages": json.dumps([{"prompt": [{"role": "user", "content": q}], "completion": [{"role": "assistant", "content": a}]} for q, a in PAIRS]),
        "table": _table([(q, a) for q, a in PAIRS], ("Question", "Answer")),
        "table, numbered": _table([(str(n), q, a) for n, (q, a) in enumerate(PAIRS, 1)], ("No.", "**Question**", "**Answer**")),
        "table, letters": _table([(q, a) for q, a in PAIRS], ("Q", "A")),
        "table, more columns": _table([(str(n), "easy", q, a, "p. 3") for n, (q, a) in enumerate(PAIRS, 1)], ("#", "Level", "Question", "Answer", "Page")),
        "table behind a sentence": "Here are the pairs.\n\n" + _table([(q, a) for q, a in PAIRS], ("Question", "Answer")) + "\n\nAll are from the excerpt.",
        "table without edges": "Question | Answer\n--- | ---\n" + "\n".join(f"{q} | {a}" for q, a in PAIRS),
        "table, other names": _table([(q, a) for q, a in PAIRS], ("Prompt", "Response")),
        "table in a fence": "```\n" + _table([(q, a) for q, a in PAIRS], ("Question", "Answer")) + "\n```",
        "HTML table": "<table><tr><th>Question</th><th>Answer</th></tr>" + "".join(f"<tr><td>{q}</td><td>{a}</td></tr>" for q, a in PAIRS) + "</table>",
        "CSV": _csv(["question", "answer"]),
        "CSV, no head": _csv(None),
        "CSV, semicolons": _csv(["Question", "Answer"], ";"),
        "CSV, least quotes": _csv(["question", "answer"], ",", csv.QUOTE_MINIMAL),
        "TSV": _csv(["question", "answer"], "\t", csv.QUOTE_MINIMAL),
        "CSV in a fence": "```csv\n" + _csv(["question", "answer"]) + "```",
        "YAML": "\n".join(f"- question: {q}\n  answer: {a}" for q, a in PAIRS),
        "YAML, quoted": "pairs:\n" + "\n".join(f'  - question: "{q}"\n    answer: "{a}"' for q, a in PAIRS),
        "YAML, blocks": "\n".join(f"- question: |\n    {q}\n  answer: |\n    {a}" for q, a in PAIRS),
        "YAML, folded": "\n".join(f"- question: >-\n    {q}\n  answer: >-\n    {a}" for q, a in PAIRS),
        "YAML, letters": "\n".join(f"- q: {q}\n  a: {a}" for q, a in PAIRS),
        "YAML, other names": "\n".join(f"- prompt: {q}\n  completion: {a}" for q, a in PAIRS),
        "YAML in a fence": "```yaml\n" + "\n".join(f"- question: {q}\n  answer: {a}" for q, a in PAIRS) + "\n```",
        "XML": _xml("question", "answer"),
        "XML, letters": _xml("q", "a", "pair", "pairs"),
        "XML, other names": _xml("query", "response"),
        "XML, instruction": _xml("instruction", "output", "example", "dataset"),
        "XML, attributes": "".join(f'<qa id="{n}"><question type="why">{q}</question><answer lang="en">{a}</answer></qa>' for n, (q, a) in enumerate(PAIRS, 1)),
        "XML, declared": '<?xml version="1.0"?>\n' + _xml("Question", "Answer", "QA", "QAs"),
        "XML, CDATA": "".join(f"<item><question><![CDATA[{q}]]></question><answer><![CDATA[{a}]]></answer></item>" for q, a in PAIRS),
        "XML, question in an attribute": "".join(f'<qa question="{q}">{a}</qa>\n' for q, a in PAIRS),
        "TOML": "\n".join(f"[[pairs]]\nquestion = {json.dumps(q)}\nanswer = {json.dumps(a)}\n" for q, a in PAIRS),
        "LaTeX items": "\\begin{description}\n" + "\n".join(f"\\item[Question:] {q}\n\\item[Answer:] {a}" for q, a in PAIRS) + "\n\\end{description}",
    }  # fmt: skip
    return found


KINDS = {"reasoning": _reasoning(), "channels": _channels(), "remains": _remains(), "shapes": _shapes()}
SPELLINGS = [(f"{kind}: {name}", text) for kind, texts in KINDS.items() for name, text in texts.items()]
