"""How captions, numbered headings, well-known headings, list items and references begin."""

import re

CAPTION = re.compile(
    r"\s*(?P<kind>(?:supplementary |extended data |supporting )?"
    r"(?:fig(?:ure|\.)?|table|tab\.|scheme|chart|algorithm|listing))\s*"
    r"(?P<number>[SA]?\d+[A-Za-z]?|[IVX]+)\b\s*(?P<mark>[.:|—–-]?)",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2}){0,4})[.)]?\s+(?=\S)")
ROMAN = re.compile(r"\s*([IVX]{1,5})\.\s+(?=[A-Z])")
LETTERED = re.compile(r"\s*([A-Z])\.\s+(?=[A-Z])")
BULLET = re.compile(r"\s*(?:[•●○◦■□▪▫◻◼‣⁃∙·◆◇❖⬥⬧⧫♦❍❏❐❑❒➢➤➔➲➨➼▶►◗✓✔✗✘☐☑☒☞★◉]|[→⇨](?=\s+[A-Z][a-z]))\s*(?=\S)")
ITEM = re.compile(r"\s*(?:[–—-]\s+(?=\S)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+(?=\S))")
REFERENCE = re.compile(r"\s*(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)]?)\s+(?=[^\W\d_])")
EQUATION_NUMBER = re.compile(r"\(\s*[A-Z]?\.?\d{1,3}(?:\.\d{1,2})?[a-z]?\s*\)\s*$")
SENTENCE_END = re.compile(r"[.?!:;][\"'”’)\]]*(?:\s?[\d,–-]+)?$")
LABEL = re.compile(r"^\W*(?:(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Z])[.)]?\s+)?")

REFERENCES = frozenset(
    {
        "references", "bibliography", "literature cited", "references and notes", "works cited",
        "notes and references", "reference", "references cited", "cited references",
    }
)  # fmt: skip
WELL_KNOWN = REFERENCES | frozenset(
    {
        "abstract", "introduction", "background", "methods", "method", "materials and methods", "methodology",
        "materials & methods", "material and methods", "patients and methods", "participants and methods",
        "data and methods", "methods and materials", "model and methods", "experimental", "experimental section", "experimental details", "experimental methods",
        "experiments", "results", "results and discussion", "results & discussion", "discussion", "discussions",
        "conclusion", "conclusions", "concluding remarks", "conclusions and outlook", "conclusions and future work",
        "summary", "outlook", "future work", "limitations", "related work", "theory", "theoretical background",
        "computational details", "computational methods", "acknowledgments", "acknowledgements", "acknowledgment",
        "acknowledgement", "data availability", "code availability", "data availability statement",
        "availability of data and materials", "author contributions", "authors' contributions", "competing interests",
        "declaration of competing interest", "conflicts of interest", "conflict of interest", "ethics statement",
        "ethics approval and consent to participate", "consent for publication", "supporting information",
        "supplementary information", "supplementary materials", "supplementary material", "additional information",
        "additional files", "appendix", "appendices", "funding", "associated content", "author information",
        "keywords", "online content", "reporting summary", "institutional review board statement",
        "informed consent statement",
    }
)  # fmt: skip


def core(text: str) -> str:
    """A heading without its number and marks, in lower case: what `WELL_KNOWN` is compared with."""
    return LABEL.sub("", text, count=1).strip(" .:■").lower()


def is_well_known(text: str) -> bool:
    """Whether a short text is a heading that papers of any field have."""
    return len(text) < 60 and (core(text) in WELL_KNOWN or text.strip(" .:■").lower() in WELL_KNOWN)


def is_table(text: str) -> bool:
    """Whether a caption is a table's."""
    match = CAPTION.match(text)
    return bool(match) and "tab" in match["kind"].lower() if match else False
