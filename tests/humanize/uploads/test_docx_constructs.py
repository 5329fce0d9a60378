"""Every construct that holds text, in every container that holds paragraphs: none is lost, none comes twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from humanize.uploads.word_process import word_text
from tests.humanize.uploads.word_files import (
    cell,
    field,
    item,
    mark,
    note,
    paragraph,
    row,
    run,
    styled,
    table,
    text_box,
    word,
)

_PAYS = run("We will ")
# The content of a paragraph "We will … pay", and what stands in the place of the dots.
CONSTRUCTS = {
    "insertion": (f"<w:ins>{run('surely')}</w:ins>", "surely"),
    "deletion and insertion": (
        f"<w:del><w:r><w:delText>not</w:delText></w:r></w:del><w:ins>{run('certainly not')}</w:ins>",
        "certainly not",
    ),
    "insertion that was deleted": (f"<w:ins><w:del>{run('never')}</w:del>{run('surely')}</w:ins>", "surely"),
    "moved here": (f"<w:moveTo>{run('surely')}</w:moveTo>", "surely"),
    "moved away": (f"<w:moveFrom>{run('never')}</w:moveFrom>{run('surely')}", "surely"),
    "content control": (
        f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{run('surely')}</w:sdtContent></w:sdt>",
        "surely",
    ),
    "nested content controls": (
        f"<w:sdt><w:sdtContent><w:sdt><w:sdtContent>{run('surely')}</w:sdtContent></w:sdt></w:sdtContent></w:sdt>",
        "surely",
    ),
    "simple field": (f'<w:fldSimple w:instr=" AUTHOR ">{run("surely")}</w:fldSimple>', "surely"),
    "complex field": (field(" AUTHOR ", run("surely")), "surely"),
    "field in an instruction": (
        mark("begin")
        + "<w:r><w:instrText>IF </w:instrText></w:r>"
        + field(" MERGEFIELD x ", run("hidden"))
        + mark("separate")
        + run("surely")
        + mark("end"),
        "surely",
    ),
    "begin without an end": (mark("begin") + run("surely"), "surely"),
    "end without a begin": (run("surely") + mark("end"), "surely"),
    "drop-down": (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
        '<w:listEntry w:val="never"/><w:listEntry w:val="surely"/></w:ddList></w:ffData></w:fldChar></w:r>'
        "<w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r>" + mark("end"),
        "surely",
    ),
    "smart tag": (f'<w:smartTag w:element="x">{run("surely")}</w:smartTag>', "surely"),
    "custom XML": (f'<w:customXml w:element="x">{run("surely")}</w:customXml>', "surely"),
    "right to left": (f'<w:dir w:val="rtl"><w:bdo w:val="ltr">{run("surely")}</w:bdo></w:dir>', "surely"),
    "unknown wrapper": (f'<x:y xmlns:x="urn:x">{run("surely")}</x:y>', "surely"),
    "hidden text": (run("surely", "<w:vanish/>"), "surely"),
    "link": (f'<w:hyperlink r:id="l1">{run("surely")}</w:hyperlink>', "[surely](https://example.org/a%28b%29)"),
    "link within": (f'<w:hyperlink w:anchor="part">{run("surely")}</w:hyperlink>', "[surely](#part)"),
    "link to a place": (
        f'<w:hyperlink r:id="l1" w:anchor="part">{run("surely")}</w:hyperlink>',
        "[surely](https://example.org/a%28b%29#part)",
    ),
    "HYPERLINK field": (field(' HYPERLINK "https://example.org/c" ', run("surely")), "[surely](https://example.org/c)"),
    "HYPERLINK field within": (field(' HYPERLINK \\l "part" ', run("surely")), "[surely](#part)"),
    "simple HYPERLINK field": (
        f"<w:fldSimple w:instr=' HYPERLINK \"https://example.org/c\" '>{run('surely')}</w:fldSimple>",
        "[surely](https://example.org/c)",
    ),
    "address as its own link": (
        f'<w:hyperlink r:id="l2">{run("https://example.org/a_b")}</w:hyperlink>',
        "https://example.org/a_b",
    ),
    "link with formatting": (
        f'<w:hyperlink r:id="l1">{run("very ")}{run("surely", "<w:b/>")}</w:hyperlink>',
        "[very **surely**](https://example.org/a%28b%29)",
    ),
    "symbol": ('<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>', "α"),
    "check mark": ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "✔"),
    "text in a symbol font": (run("\uf062", '<w:rFonts w:ascii="Symbol"/>'), "β"),
    "hyphens": ("<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:softHyphen/><w:t>ed</w:t></w:r>", "co‑op\u00aded"),
    "ruby": (
        f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('かん')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>",
        "漢(かん)",
    ),
    "equation": (
        "<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>",
        "`(a+b)/2`",
    ),
    "bold": (run("surely", "<w:b/>"), "**surely**"),
    "bold in pieces": (run("sure", "<w:b/>") + run("ly", "<w:b/>"), "**surely**"),
    "bold with its spaces": (run(" surely ", "<w:b/>"), " **surely** "),
    "italic": (run("surely", "<w:i/>"), "*surely*"),
    "struck": (run("surely", "<w:strike/>"), "~~surely~~"),
    "everything": (run("surely", "<w:b/><w:i/><w:dstrike/>"), "~~***surely***~~"),
    "character style": (run("surely", '<w:rStyle w:val="Fett"/>'), "**surely**"),
    "derived character style": (run("surely", '<w:rStyle w:val="Derb"/>'), "***surely***"),
    "style switched off": (run("surely", '<w:rStyle w:val="Fett"/><w:b w:val="0"/>'), "surely"),
    "part of a word": (run("sure", "<w:b/>") + run("ly"), "**sure**ly"),
    "sign in bold": (run("so") + run("(sure)", "<w:b/>") + run("ly"), "so(**sure**)ly"),
    "code style": (run("a*b", '<w:rStyle w:val="Kode"/>'), "`a*b`"),
    "escapes": (run("2*3*4 [x](y) `z`"), "2\\*3\\*4 \\[x\\](y) \\`z\\`"),
    "break": ("<w:r><w:t>surely</w:t><w:br/><w:t>and well</w:t></w:r>", "surely{newline}and well"),
    "tab": ("<w:r><w:t>surely</w:t><w:tab/><w:t>well</w:t></w:r>", "surely{tab}well"),
}  # fmt: skip


def sentence(name: str) -> str:
    return _PAYS + CONSTRUCTS[name][0] + run(" pay")


# How each container is written, the Markdown round a sentence in it, and what a break and a tab are there.
_BOXED = f"{run('Seen')}{{box}}{run('.')}"
CONTAINERS: dict[str, tuple[Callable[[str], str], str, str, str]] = {
    "paragraph": (lambda text: paragraph(text), "{text}\n", "  \n", "\t"),
    "heading": (lambda text: styled("berschrift2", text), "## {text}\n", " ", " "),
    "bullet": (lambda text: item(text, 1), "- {text}\n", "  \n  ", "\t"),
    "number": (lambda text: item(text, 2), "1. {text}\n", "  \n   ", "\t"),
    "quote": (lambda text: paragraph(text, '<w:pStyle w:val="Zitat"/>'), "> {text}\n", "  \n> ", "\t"),
    "cell": (
        lambda text: table(row(cell(paragraph(text)), cell(paragraph(run("b"))))),
        "| {text} | b |\n| --- | --- |\n", " ", " ",
    ),
    "nested table": (
        lambda text: table(row(cell(table(row(cell(paragraph(text)), cell(paragraph(run("b")))))),
                               cell(paragraph(run("c"))))),
        "| {text}, b | c |\n| --- | --- |\n", " ", " ",
    ),
    "text box": (
        lambda text: paragraph(_BOXED.format(box=text_box(paragraph(text)))), "Seen.\n\n{text}\n", "  \n", "\t",
    ),
    "block control": (
        lambda text: f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph(text)}</w:sdtContent></w:sdt>", "{text}\n", "  \n",
        "\t",
    ),
    "block of custom XML": (lambda text: f"<w:customXml>{paragraph(text)}</w:customXml>", "{text}\n", "  \n", "\t"),
    "frame": (lambda text: table(row(cell(paragraph(text)))), "{text}\n", "  \n", "\t"),
}  # fmt: skip
_LINKS = {"l1": "https://example.org/a(b)", "l2": "https://example.org/a_b"}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_construct_is_read_in_a_container(construct: str, container: str) -> None:
    build, shown, newline, tab = CONTAINERS[container]
    expected = f"We will {CONSTRUCTS[construct][1].format(newline=newline, tab=tab)} pay"
    text, left_out = word_text(word(build(sentence(construct)), links=_LINKS))
    assert (text, left_out) == (shown.format(text=expected), "")


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_construct_is_read_in_a_note(construct: str, kind: str) -> None:
    body = paragraph(run("Seen") + note(2, kind) + run("."))
    notes = {2: paragraph(f"<w:r><w:{kind}Ref/></w:r>" + sentence(construct)), 3: paragraph(run("Not referred to."))}
    data = word(body, links=_LINKS, **{f"{kind}s": notes})  # type: ignore[arg-type]  # one of its two kinds of notes
    expected = CONSTRUCTS[construct][1].format(newline="  \n    ", tab="\t")
    assert word_text(data)[0] == f"Seen[^1].\n\n[^1]: We will {expected} pay\n"
