"""Small Word files for the tests, made from strings of XML. `word` makes a file, the others make parts of its body."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
SPACES = (
    f'xmlns:w="{W}" xmlns:m="{M}" xmlns:r="{R}" xmlns:mc="{MC}" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
_TYPE = f"{R}/"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"

STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Derived"><w:name w:val="Chapter"/><w:basedOn w:val="berschrift2"/></w:style>
<w:style w:type="paragraph" w:styleId="Outlined"><w:name w:val="Kapitel"/>
  <w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="TOCHeading"><w:name w:val="TOC Heading"/><w:basedOn w:val="berschrift1"/>
  <w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Zitat"><w:name w:val="Intense Quote"/></w:style>
<w:style w:type="paragraph" w:styleId="Slanted"><w:name w:val="Aside"/><w:rPr><w:i/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Listing"><w:name w:val="HTML Preformatted"/></w:style>
<w:style w:type="paragraph" w:styleId="Step"><w:name w:val="Step"/>
  <w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Substep"><w:name w:val="Substep"/>
  <w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="LB2"><w:name w:val="List Bullet 2"/></w:style>
<w:style w:type="character" w:styleId="Fett"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Derb"><w:name w:val="Loud"/><w:basedOn w:val="Fett"/>
  <w:rPr><w:i/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Kode"><w:name w:val="HTML Code"/></w:style>
<w:style w:type="numbering" w:styleId="Outline"><w:name w:val="Outline"/>
  <w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
"""


def _levels(*formats: str, style: Mapping[int, str] = {}) -> str:
    return "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{name}"/>'
        + (f'<w:pStyle w:val="{style[at]}"/>' if at in style else "")
        + f'<w:lvlText w:val="%{at + 1}."/></w:lvl>'
        for at, name in enumerate(formats)
    )


# 1: bullets. 2: numbers, letters, numbers, tied to the styles Step and Substep. 3: as 2, but begins again at 5.
# 4: through the style Outline. 5: no visible number.
NUMBERING = f"""
<w:abstractNum w:abstractNumId="10">{_levels("bullet", "bullet", "bullet")}</w:abstractNum>
<w:abstractNum w:abstractNumId="20"><w:styleLink w:val="Outline"/>
{_levels("decimal", "lowerLetter", "decimal", style={0: "Step", 1: "Substep"})}</w:abstractNum>
<w:abstractNum w:abstractNumId="40"><w:numStyleLink w:val="Outline"/></w:abstractNum>
<w:abstractNum w:abstractNumId="50">
  <w:lvl w:ilvl="0"><w:numFmt w:val="none"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="10"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="20"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="20"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="40"/></w:num>
<w:num w:numId="5"><w:abstractNumId w:val="50"/></w:num>
"""


def run(text: str, properties: str = "") -> str:
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, properties: str = "", mark: str = "") -> str:
    marks = f"<w:rPr>{mark}</w:rPr>" if mark else ""
    return f"<w:p><w:pPr>{properties}{marks}</w:pPr>{content}</w:p>"


def styled(style: str, content: str) -> str:
    return paragraph(content, f'<w:pStyle w:val="{style}"/>')


def item(content: str, number: int, level: int = 0) -> str:
    return paragraph(content, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def field(instruction: str, result: str) -> str:
    """A complex field: three marks, with the instruction and the result between them."""
    return (
        f'{mark("begin")}<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
        f"{mark('separate')}{result}{mark('end')}"
    )


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def text_box(content: str) -> str:
    """A text box as Word writes it: drawn in two ways, with the same text in both."""
    box = f"<w:txbxContent>{content}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        f"</mc:AlternateContent></w:r>"
    )


def note(number: int, kind: str = "footnote") -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def word(
    body: str,
    *,
    footnotes: Mapping[int, str] = {},
    endnotes: Mapping[int, str] = {},
    links: Mapping[str, str] = {},
    parts: Mapping[str, str] = {},
    prolog: str = "",
) -> bytes:
    """Make a file. `links` are addresses by relationship id; `parts` are further parts by kind: comments, header."""
    content = {
        "styles": f"<w:styles {SPACES}>{STYLES}</w:styles>",
        "numbering": f"<w:numbering {SPACES}>{NUMBERING}</w:numbering>",
        "footnotes": _notes("footnote", footnotes),
        "endnotes": _notes("endnote", endnotes),
        **parts,
    }
    related = "".join(f'<Relationship Id="p{kind}" Type="{_TYPE}{kind}" Target="{kind}.xml"/>' for kind in content)
    linked = "".join(
        f'<Relationship Id="{key}" Type="{_TYPE}hyperlink" Target="{target}" TargetMode="External"/>'
        for key, target in links.items()
    )
    document = f"{prolog}<w:document {SPACES}><w:body>{body}<w:sectPr/></w:body></w:document>"
    return archive(
        {
            "_rels/.rels": _relationships(
                f'<Relationship Id="d" Type="{_TYPE}officeDocument" Target="word/document.xml"/>'
            ),
            "word/document.xml": document,
            "word/_rels/document.xml.rels": _relationships(related + linked),
            **{f"word/_rels/{kind}.xml.rels": _relationships(linked) for kind in ("footnotes", "endnotes")},
            **{f"word/{kind}.xml": text for kind, text in content.items()},
        }
    )


def archive(files: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            zipped.writestr(name, text)
    return out.getvalue()


def _relationships(content: str) -> str:
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{content}</Relationships>'


def _notes(kind: str, notes: Mapping[int, str]) -> str:
    """Notes by their ids, with the separator that each file of Word has."""
    texts = {-1: paragraph(run("separator")), **notes}
    inner = "".join(f'<w:{kind} w:id="{key}">{content}</w:{kind}>' for key, content in texts.items())
    return f"<w:{kind}s {SPACES}>{inner}</w:{kind}s>"
