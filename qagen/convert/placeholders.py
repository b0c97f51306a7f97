"""Pages that only say that the viewer cannot show the document: of forms that are drawn by a program, of portfolios, of protection.

The document itself is then in a form's XML, in an attachment, or encrypted.
"""

import re

import pypdfium2
import pypdfium2.raw as pdfium

_PAGES = 2
"""Pages that such a PDF has at most."""
_SHORT, _LONG = 700, 2500
"""Characters up to which a few words show it, and that it has at most."""
_PROGRAM = re.compile(
    r"adobe|acrobat|\bpdf[ -]?(?:viewer|reader|portfolio|betrachter|anzeige\w*|leser)|visionneuse|visor de pdf|visualizador|visualizzatore"
    r"|compatible (?:pdf )?(?:reader|viewer)|PDF 查看|PDF ?ビューア|просмотра PDF",
    re.IGNORECASE,
)
_CANNOT = re.compile(
    r"not (?:be able|able|eventually|support\w*|have)\b|cannot (?:be )?(?:display|open|show|view)|unable to|requires? (?:a |the )?(?:later|newer|adobe|acrobat|\w+ version)"
    r"|to view (?:the|this)|upgrade|best experience|open (?:this|it)\b|please open|you need|has been protected|please wait|portfolio"
    r"|bitte warten|nicht (?:durch|angezeigt|anzeigen|unterst)|aktualisieren|optimale|öffnen sie"
    r"|veuillez|ne puisse|ne peut|mettre à (?:jour|niveau)|ouvr(?:ez|ir) ce|meilleure"
    r"|espere|no sea capaz|no puede|actualizar|abra est|mejor experiencia"
    r"|attendere|non (?:essere|è) in grado|aggiornare|aprire (?:questo|il)"
    r"|aguarde|não (?:consiga|pode|é possível)|atualizar|abra este"
    r"|een moment|niet (?:worden )?weergegeven|openen"
    r"|请稍候|請稍候|无法显示|お待ち|表示できな|подождите|не удается|vänta|vent venligst|proszę czekać",
    re.IGNORECASE,
)
_WAIT = re.compile(
    r"please wait|bitte warten|veuillez patienter|espere|attendere|aguarde|请稍候|請稍候|お待ち|подождите|een moment|vänta|vent",
    re.IGNORECASE,
)
_PROTECTED = re.compile(
    r"has been protected|protectedpdf|is enclosed as an attachment|information protection", re.IGNORECASE
)


def says_nothing_else(text: str, *, elsewhere: bool = False) -> bool:
    """Whether a text only says that the viewer cannot show a document.

    Args:
        text: of a page, or of a PDF of one or two.
        elsewhere: whether the PDF has the form or the attachments that the document could be in.
    """
    text = " ".join(text.split())
    if not text or len(text) > _LONG:
        return False
    programs = len(_PROGRAM.findall(text))
    cues = len(set(map(str.lower, _CANNOT.findall(text))))
    if len(text) <= _SHORT:
        return bool(_PROTECTED.search(text)) or (programs > 0 and cues > (0 if elsewhere else 1))
    return programs > 1 and cues > 0 and (elsewhere or (cues > 1 and bool(_WAIT.match(text))))


def is_placeholder(document: pypdfium2.PdfDocument) -> bool:
    """Whether a PDF has nothing but such a page or two."""
    if not 0 < len(document) <= _PAGES:
        return False
    form = pdfium.FPDF_GetFormType(document.raw) in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)
    elsewhere = form or pdfium.FPDFDoc_GetAttachmentCount(document.raw) > 0
    texts = (_text(document, index) for index in range(len(document)))
    return says_nothing_else("\n".join(texts), elsewhere=elsewhere)


def _text(document: pypdfium2.PdfDocument, index: int) -> str:
    """The beginning of a page's text; nothing where it cannot be read."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return ""
    try:
        text = page.get_textpage()
        try:
            found: str = text.get_text_range(0, min(text.count_chars(), 2 * _LONG), errors="replace")
            return found
        finally:
            text.close()
    finally:
        page.close()
