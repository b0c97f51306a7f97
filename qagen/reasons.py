"""Why something did not become a record: one closed list for papers, chunks, completions and pairs."""

from enum import StrEnum


class Kind(StrEnum):
    """What was turned down."""

    PAPER = "paper"
    CHUNK = "chunk"
    COMPLETION = "completion"
    PAIR = "pair"


class Reason(StrEnum):
    """Why it was turned down; `meaning` says it in one sentence, for reports and cards."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Reason":
        """Make a member that is its value and carries its meaning."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    # papers
    ENCRYPTED = "encrypted", "The PDF wants a password to open it."
    DAMAGED = "damaged", "The PDF cannot be opened or read."
    NOT_A_PDF = "not_a_pdf", "The file is no PDF, whatever its name says."
    EMPTY_FILE = "empty_file", "The file has no bytes."
    NO_PAGES = "no_pages", "The PDF has no pages."
    PLACEHOLDER_PAGE = (
        "placeholder_page",
        "The PDF only says that the viewer cannot show the document, which is in a form or attached.",
    )
    NO_TEXT_LAYER = "no_text_layer", "The pages are pictures: there is no text to read."
    NO_BODY_TEXT = "no_body_text", "There is text, but no main body to ask about."
    TIMED_OUT = "timed_out", "The conversion took longer than its deadline."
    CRASHED = "crashed", "The converting process died."
    OUT_OF_MEMORY = "out_of_memory", "The conversion needed more memory than it may have."

    # chunks
    NO_ANSWER = "no_answer", "The engine gave no answer for this chunk, or was not asked; the next run asks."
    NOTHING_TO_ASK = (
        "nothing_to_ask",
        "The extractive engine found no sentence that it can ask about, or the model nothing of the kind that was asked for.",
    )

    # completions: the response as a whole
    EMPTY = "empty", "The response has no text."
    REFUSAL = "refusal", "The model declines to answer."
    CLARIFICATION_REQUEST = "clarification_request", "The model asks back instead of answering."
    REASONING_ONLY = "reasoning_only", "There is nothing but reasoning: no final text with pairs."
    NO_PAIRS = "no_pairs", "There is final text, but no question with an answer in it."
    TRUNCATED = "truncated", "The response was cut off; what was cut is never completed."
    PROMPT_TRUNCATED = "prompt_truncated", "The server cut the prompt, so the model did not see all of it."

    # completions: a piece of the response
    DRAFT_IN_REASONING = "draft_in_reasoning", "A complete pair that stands only in the reasoning."
    SUPERSEDED = "superseded", "A complete pair whose question the same response answers again further down."
    TEMPLATE_ECHO = "template_echo", "The prompt's own example of the format, given back."
    TOO_MANY_PAIRS = (
        "too_many_pairs",
        "More pairs than a response can have; those behind the limit are not taken.",
    )
    UNANSWERED_QUESTION = "unanswered_question", "A question that no answer follows."
    UNASKED_ANSWER = "unasked_answer", "An answer that no question precedes."

    # pairs
    EMPTY_QUESTION = "empty_question", "The question has no words."
    EMPTY_ANSWER = "empty_answer", "The answer has no words."
    TOO_SHORT = "too_short", "The chunk, the question or the answer is too short to say anything."
    TOO_LONG = "too_long", "The question and the answer are too long to be a pair; nothing else was checked."
    NOT_A_QUESTION = "not_a_question", "The question does not ask anything."
    OTHER_LANGUAGE = "other_language", "The pair is not in the language that was asked for."
    REFERS_TO_PAPER = "refers_to_paper", "The pair cannot be understood without the paper it came from."
    REFERS_TO_FIGURE = "refers_to_figure", "The pair points at a figure, table, equation or section."
    LEAKED_REASONING = (
        "leaked_reasoning",
        "The model's reasoning, its prompt or chat marks stand in the pair.",
    )
    GLUED = "glued", "Another pair, a summary or a remark is glued to the pair."
    ECHO = "echo", "The answer repeats the question, or only asks."
    REPEATED = "repeated", "The question or the answer says one thing over and over."
    QUOTES_INSTRUCTION = (
        "quotes_instruction",
        "The pair passes on an instruction to its reader or to a model, or stands beside one.",
    )
    GARBLED = "garbled", "The text is scrambled, or has characters that stand for lost ones."
    INCOMPLETE = "incomplete", "The question or the answer breaks off."
    DEFINITION = "definition", "The question only asks for the meaning of a term or an abbreviation."
    UNEXPLAINED_ABBREVIATION = (
        "unexplained_abbreviation",
        "The question has an abbreviation that only the chunk spells out.",
    )
    UNGROUNDED_NUMBER = "ungrounded_number", "The answer states a number that the chunk does not."
    NEGATED = "negated", "The answer denies something that the chunk does not deny."
    TURNED_AROUND = (
        "turned_around",
        "The answer says more, higher or after where the chunk says the opposite.",
    )
    UNKNOWN_NAME = "unknown_name", "The answer has an acronym, formula or label that the chunk does not have."
    WRONG_EXPANSION = (
        "wrong_expansion",
        "The answer spells out an acronym differently from the chunk, or has a word exchanged beside it.",
    )
    UNKNOWN_PREMISE = (
        "unknown_premise",
        "The question takes for granted a name or number that the chunk does not have.",
    )
    WRONG_KIND = "wrong_kind", "The pair is not of the kind or the difficulty that was asked for."
    ANSWERABLE = "answerable", "The question was to have no answer, and a place of the paper answers it."
    UNANSWERED = "unanswered", "The answer has not what is asked for: a reason, an amount, a name or a way."
    BESIDE_THE_QUESTION = (
        "beside_the_question",
        "The answer comes from a sentence of the chunk that is not about what is asked.",
    )
    CIRCULAR = "circular", "The answer gives the question's own claim as the reason for it."
    INVENTED_REASON = "invented_reason", "The answer gives a reason that the chunk does not give."
    REVERSED_CAUSE = "reversed_cause", "The answer exchanges what the chunk calls cause and effect."
    MISATTRIBUTED = (
        "misattributed",
        "The answer gives a number or name of the chunk to something that the chunk gives another one.",
    )
    SWAPPED = "swapped", "The answer gives each of two numbers or names what the chunk says of the other."
    EXCHANGED = "exchanged", "The answer exchanges who does what to whom in a sentence of the chunk."
    REPLACED = (
        "replaced",
        "The answer has between the words of a sentence of the chunk another name than the chunk, or the opposite.",
    )
    WRONG_COMPARISON = (
        "wrong_comparison",
        "The answer compares two things the other way round than the chunk.",
    )
    OVERSTATED = "overstated", 'The answer says "all", "always" or "only" where the chunk does not.'
    WRONG_SIGN = (
        "wrong_sign",
        "The answer has a sign or a relation of a number that the chunk has not in that place.",
    )
    DANGLING_REFERENCE = (
        "dangling_reference",
        "The question speaks of something as known that nothing in it names.",
    )
    RECOMBINED = (
        "recombined",
        "The answer gives to the thing of one place what another place says of its own.",
    )
    PLACES_UNCOVERED = (
        "places_uncovered",
        "The evidence of an answer that was to need several places lies in fewer than two.",
    )
    ONE_PLACE_ENOUGH = "one_place_enough", "One of several places answers the question by itself."
    ACROSS_SPLITS = "across_splits", "The papers that the pair needs are in different splits of the dataset."
    UNSUPPORTED = "unsupported", "The chunk does not support the answer well enough."
    UNGROUNDED = "ungrounded", "The entailment model finds a claim of the answer not borne out by the chunk."
    JUDGED_INACCURATE = "judged_inaccurate", "The judge finds the answer not borne out by the chunk."
    JUDGED_IRRELEVANT = (
        "judged_irrelevant",
        "The judge finds that the pair misses the chunk's science, or the question.",
    )
    JUDGED_DEPENDENT = "judged_dependent", "The judge finds that the pair cannot be understood by itself."
    JUDGED_INCOMPLETE = "judged_incomplete", "The judge finds that the answer leaves out what the chunk says."
    JUDGED_UNREASONABLE = "judged_unreasonable", "The judge finds that the answer's reasoning does not hold."
    ANSWERED_DIFFERENTLY = (
        "answered_differently",
        "Asked again from the chunk alone, the question got another answer, and the chunk hardly supports the first.",
    )
    UNANSWERABLE = "unanswerable", "Asked again, the model finds that the chunk does not answer the question."
    UNJUDGED = "unjudged", "The pair was to be judged, and got no usable answer from the judge."
    TURNED_DOWN_BY_REVIEW = "turned_down_by_review", "A person looked at the pair and turned it down."
    EDIT_WITHOUT_SOURCE = (
        "edit_without_source",
        "A person's edit of a pair whose passage the paper's text does not have any more.",
    )
    DUPLICATE = "duplicate", "The same question was already taken."
    NEAR_DUPLICATE = "near_duplicate", "A question that asks nearly the same was already taken."
    REPEATED_ANSWER = "repeated_answer", "Another question of the same chunk already has nearly this answer."
    OVER_QUOTA = (
        "over_quota",
        "The section, the paper or the dataset has as many records, or the chunk as many of a kind, as the settings allow.",
    )

    @property
    def is_content_fault(self) -> bool:
        """Whether it says that an answer to a sound question tells something else than its source.

        Such an answer is what a model is to be taught not to give. No such fault are those of form, of the question, of the
        selection, doubts (`answered_differently`, `unjudged`), and answers that are merely too little (`unanswered`,
        `judged_incomplete`).
        """
        return self in _CONTENT_FAULTS


_CONTENT_FAULTS = frozenset(
    {
        Reason.UNGROUNDED_NUMBER,
        Reason.NEGATED,
        Reason.TURNED_AROUND,
        Reason.UNKNOWN_NAME,
        Reason.WRONG_EXPANSION,
        Reason.INVENTED_REASON,
        Reason.REVERSED_CAUSE,
        Reason.MISATTRIBUTED,
        Reason.SWAPPED,
        Reason.EXCHANGED,
        Reason.RECOMBINED,
        Reason.REPLACED,
        Reason.WRONG_COMPARISON,
        Reason.OVERSTATED,
        Reason.WRONG_SIGN,
        Reason.UNSUPPORTED,
        Reason.UNGROUNDED,
        Reason.JUDGED_INACCURATE,
        Reason.JUDGED_UNREASONABLE,
    }
)
