"""Patterns of text that must survive a rewrite unchanged. Their repeats are bounded and not nested, for linear time."""

from __future__ import annotations

import re

_UNITS = (
    r"%|‰|°[CF]?|per\s?cent|percent|percentage points?|[kKMGTP]i?B|[kKMG]?bps|[kKMG]?Hz|[kmcµμn]?m[²³]?|km/h|mph|mi|ft|yd|"
    r"[kmµμ]?g|kg|lbs?|oz|[mkM]?[lL]|ml|[mµμn]?s|ms|hrs?|mins?|secs?|h|kWh?|[MG]Wh?|[mk]?V|m?A|k?W|k?cal|px|pt|em|rem|x|×|"
    r"hundred|thousand|million|billion|trillion|bn|mn|"
    r"seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies)|dollars?|euros?|pounds?|cents?|yen|rupees?|"
    r"met(?:er|re)s?|kilomet(?:er|re)s?|miles?|feet|inch(?:es)?|degrees?|kilograms?|grams?|tons?|tonnes?|lit(?:er|re)s?|gallons?|times"
)
_CURRENCY = r"(?:[A-Z]{2,3}\s?)?[$€£¥₹₽₩]\s?|(?:USD|EUR|GBP|JPY|INR|CHF|CNY|AUD|CAD)\s"
_DIGITS = r"\d++(?:[.,:/'’\u202f\u00a0]\d{1,20}+){0,8}+"
NUMBER = (
    rf"(?<![\d])(?:{_CURRENCY})?[~≈±+−]?{_DIGITS}(?:st|nd|rd|th|s)?\b(?:\s?(?:[–—-]|to|×|x|\^|e|E[+-]?)\s?(?:{_CURRENCY})?{_DIGITS}\b){{0,3}}"
    rf"(?:[\s\u00a0-]?(?:{_UNITS})(?![A-Za-z])){{0,2}}"
)
_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
DATE = (
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}\.?(?:,?\s\d{{4}})?|{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:\s?[–-]\s?\d{{1,2}})?(?:,?\s\d{{4}})?"
    rf"|{_MONTH}\.?,?\s\d{{4}}|\d{{4}}-\d\d-\d\d(?:T[\d:.+Z-]{{1,30}})?|\d{{1,2}}[:.]\d\d\s?(?:[ap]\.?m\.?|[AP]M)|\d{{1,2}}\s?(?:[ap]\.m\.|(?:[ap]m|AM|PM)\b))"
)
_AUTHOR = r"[A-Z][\w'’-]{1,40}(?:(?:,|\sand|\s&|,\sand|,\s&)\s[A-Z][\w'’-]{1,40}){0,4}(?:,?\set\sal\.?)?,?\s(?:\d{4}[a-z]?|n\.d\.|in press)(?:,\spp?\.\s?\d[\d–-]{0,12})?"
CITATION = (
    rf"\[\^[\w-]{{1,40}}\]|\[\d{{1,4}}(?:\s?[,;–-]\s?\d{{1,4}}){{0,20}}\]|\((?:see\s|e\.g\.,?\s|cf\.\s)?{_AUTHOR}(?:;\s{_AUTHOR}){{0,10}}\)"
    r"|\b[A-Z][\w'’-]{1,40}(?:\s(?:and|&)\s[A-Z][\w'’-]{1,40}|\set\sal\.)?\s\(\d{4}[a-z]?\)|[⁰¹²³⁴-⁹]+|\bdoi:\S{1,200}|\bet al\."
)
URL = r"\b(?:https?|ftp|file)://[^\s<>\"'”’»]{1,2000}[^\s<>\"'”’».,;:!?)\]*_]|\bwww\.[^\s<>\"'”’»]{1,500}[^\s<>\"'”’».,;:!?)\]*_]|\b(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|edu|gov|io|dev|ai|co|uk|de|eu|info|app)(?:/[^\s<>\"')\]]{0,500}[^\s<>\"')\].,;:!?])?(?![\w.])"
EMAIL = r"\b[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
HANDLE = r"(?<![\w@/])[@#][A-Za-z_]\w{1,60}"
PATH = r"(?<![\w/])(?:~|\.{1,2})?/(?:[\w.+-]{1,80}/){1,20}[\w.+-]{0,80}|\b[A-Za-z]:\\[^\s\"<>|]{1,300}|\b[\w-]{1,60}\.(?:py|js|ts|json|ya?ml|toml|md|txt|csv|pdf|docx?|xlsx?|html?|css|sh|exe|zip|png|jpe?g)\b"
PLACEHOLDER = r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,300}%\}|\$\{[^{}\n]{1,200}\}|\{[A-Za-z_][\w.]{0,60}(?:[:!][^{}\n]{0,40})?\}|\{\d{0,3}\}|%\([A-Za-z_]\w{0,60}\)[#0 +-]?\d{0,3}(?:\.\d{1,3})?[sdifrgxec]|(?<![\w%])%[#0+-]?\d{0,3}(?:\.\d{1,3})?[sdifrgxe](?!\w)|<<[^<>\n]{1,100}>>|\[[A-Z][A-Z0-9_ ]{1,60}\]|\$[A-Z_][A-Z0-9_]{1,60}\b|__[A-Z][A-Z0-9_]{1,60}__"
QUOTATION = r"“[^“”]{1,4000}”|«[^«»]{1,4000}»|„[^„“”]{1,4000}[“”]|(?<![\w\"])\"(?=\S)[^\"]{1,3000}(?<=\S)\"(?![\w\"])|(?<![\w‘])‘(?=\S)(?:[^‘’\n]|’(?=\w)){1,1000}’(?!\w)|(?<![\w'])'(?=[A-Za-z])(?:[^'\n]|'(?=[A-Za-z])){1,200}(?<=[\w.,!?])'(?![\w'])|‚[^‚‘’\n]{1,1000}‘|‹[^‹›\n]{1,1000}›|“[^“”\n]{1,4000}(?=\n\s{0,20}“)|(?<![\w\"])\"(?=\S)[^\"\n]{1,3000}(?=\n\s{0,20}\"\S)|(?<![\w\"])\"[ \u00a0][^\"\n]{1,1000}[ \u00a0]\"(?![\w\"])"
INLINE_CODE = r"(?<![`\\])(`{1,3})(?!`)(?:[^`]|(?!\1)`){1,2000}?\1(?!`)"
LINK_TARGET = r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}(?:\([^()\n]{0,300}\)[^()\n]{0,300})?\)|(?<=[^\\]\])\([^()\s]{0,2000}(?:\([^()\s]{0,300}\)[^()\s]{0,300})?(?:\s\"[^\"\n]{0,300}\")?\)|(?<=\])\[[^\[\]\n]{0,200}\]"
HTML = (
    r"</?[A-Za-z][^<>]{0,4000}>|<![A-Za-z][^<>]{0,1000}>|&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});"
)
HTML_OPEN = re.compile(r"<!--|<(code|kbd|samp|pre|script|style)\b[^<>]{0,1000}>", re.I)
ESCAPE = r"\\[!-/:-@\[-`{-~]"  # a sign of Markdown that is only text
MATH = r"\$\$[^$]{1,2000}\$\$|(?<![\w$])\$[^\s$][^$\n]{0,300}[^\s$]\$(?![\w$])|\\\([^\n]{1,500}?\\\)"
LATEX = r"\\[A-Za-z]{2,30}\*?(?:\[[^\[\]\n]{0,200}\]){0,2}(?:\{[^{}\n]{0,300}\}){0,3}"
LATEX_OPEN = re.compile(
    r"\\\[|\\begin\{((?:verbatim|lstlisting|minted|equation|align(?:at)?|gather|multline|eqnarray|math|displaymath|array|cases"
    r"|tabular|tikzpicture|algorithm(?:ic)?)\*?)\}"
)

RAW = (
    ("code", re.compile(INLINE_CODE)),
    ("code", re.compile(ESCAPE)),
    ("html", re.compile(HTML)),
    ("link_target", re.compile(LINK_TARGET)),
    ("url", re.compile(URL)),
    ("email", re.compile(EMAIL)),
    ("placeholder", re.compile(PLACEHOLDER)),
    ("code", re.compile(MATH)),
    ("code", re.compile(LATEX)),
    ("code", re.compile(PATH)),
    ("name", re.compile(HANDLE)),
    ("quotation", re.compile(QUOTATION)),
    ("citation", re.compile(CITATION)),
    ("date", re.compile(DATE)),
    ("number", re.compile(NUMBER)),
)
# A pattern is only tried on texts that contain one of these characters.
NEEDS = {
    INLINE_CODE: "`",
    ESCAPE: "\\",
    HTML: "<&",
    LINK_TARGET: "]",
    EMAIL: "@",
    HANDLE: "@#",
    PLACEHOLDER: "{%<[$_",
    MATH: "$\\",
    LATEX: "\\",
    QUOTATION: "\"“«„‘'‚‹",
}
