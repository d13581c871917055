r"""One spelling for what is written in many: digits of all alphabets, signs, LaTeX spacing, wrappers.

`clean` changes how an answer is written, never what it says: ``$\boxed{1{,}234}$.`` becomes ``1,234``,
``−７２`` becomes ``-72``, ``½`` becomes ``1/2``, ``\dfrac12`` becomes ``\frac12``,
``2√3`` becomes ``2\sqrt{3}``.
"""

import re
import unicodedata

_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+")
_LOWERED = re.compile("[₀₁₂₃₄₅₆₇₈₉₊₋]+")
_SYMBOLS = str.maketrans(
    dict.fromkeys("−–‐‑﹣", "-")
    | {"⁄": "/", "∕": "/", "∶": ":", "٫": ".", "٬": ",", "’": "'", "“": '"', "”": '"', "º": "°", "′": "'"}
    | {"π": r"\pi ", "∞": r"\infty ", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "÷": r"\div "}
    | {"≤": r"\le ", "≥": r"\ge ", "⩽": r"\le ", "⩾": r"\ge ", "≠": r"\ne ", "±": r"\pm ", "θ": r"\theta "}
    | {"∪": r"\cup ", "∩": r"\cap ", "∅": r"\emptyset ", "∈": r"\in ", "√": "sqrt", "∆": r"\triangle "}
)
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"  # harmless at the ends, and only there

_NAME = r"(?![A-Za-z])"  # the end of a command's name
_STYLED = re.compile(r"\\(?:text|mbox|operatorname|(?:text|math)(?:bf|rm|it|sf|tt))\s*\{")
_LATEX = [
    (re.compile(r",\\!|(?<=\d)\{,\}(?=\d)"), ","),
    (re.compile(rf"\\!|\\(?:left|right|[bB]igg?[lr]?|displaystyle|limits){_NAME}"), ""),
    (re.compile(rf"(?<!\\)\\[,;: ]|(?<!^)~|\\q?quad{_NAME}"), " "),
    (re.compile(rf"\\[dtc]frac{_NAME}"), r"\\frac"),
    (re.compile(r"(?:\{|^)([^{}]{1,40})\\over(?![a-z])\s*([^{}]{1,40})(?:\}|$)"), r"\\frac{\1}{\2}"),
    (re.compile(rf"\\[dt]binom{_NAME}"), r"\\binom"),
    (re.compile(rf"\\varnothing{_NAME}"), r"\\emptyset "),
    (re.compile(_STYLED.pattern + r"([^{}]*)\}"), r" \1 "),
    (re.compile(rf"\s*\^\s*(?:\{{\s*\\circ\s*\}}|\\circ{_NAME})|\s*\\degree{_NAME}"), "°"),
    (re.compile(rf"\\(triangle|angle|vec|overrightarrow){_NAME}\s*\{{?(\w+)\}}?"), r"\1 \2"),
    (re.compile(r"\\log\s*_\s*(\d+(?=[\s(])|\d|[a-z])"), r"\\log_{\1}"),
    (re.compile(r"\\([$%#])"), r"\1"),
]
_LETTERS = re.compile("[sp][qi]|theta|infinity")
_BARE = re.compile(r"(?<![\\A-Za-z])(?:sqrt|pi|theta|infinity)(?![A-Za-z])")
_ROOT = re.compile(r"\\sqrt\s*(?:\(([^()]*)\)|(\d+(?:\.\d+)?|[a-z](?![a-z])))")
_WRAPPERS = [(r"\(", r"\)"), (r"\[", r"\]"), ("**", "**"), ("__", "__"), ("$$", "$$"), ("$", "$"), ("`", "`")]
_WRAPPERS += [('"', '"'), ("'", "'"), ("*", "*"), (r"\boxed{", "}"), ("{", "}")]
_COATS = {left[0] for left, _ in _WRAPPERS}


def clean(text: str) -> str:
    r"""Return `text` in the one spelling that `helpers.text.numerals` and `helpers.verifier` read.

    >>> clean("**−７２**."), clean(r"$\dfrac{1}{2}$"), clean("2√3")
    ('-72', '\\frac{1}{2}', '2\\sqrt{3}')
    """
    if not text.isascii():
        text = _plain(text)
    text = _unwrapped(text.strip())
    if "\\" in text or "{" in text or "~" in text:
        for pattern, plain in _LATEX:
            text = pattern.sub(plain, text)
    if _LETTERS.search(text):
        text = _BARE.sub(lambda match: f"\\{match[0].replace('infinity', 'infty')} ", text)
        text = _ROOT.sub(lambda match: rf"\sqrt{{{match[1] or match[2]}}}", text)
    text = text.replace("**", "^")
    return " ".join(text.split())


def _plain(text: str) -> str:
    """Digits of all alphabets, raised and lowered ones, fractions such as ½ and symbols, in ASCII."""
    text = _RAISED.sub(lambda match: f"^{{{unicodedata.normalize('NFKC', match[0])}}}", text)
    text = _LOWERED.sub(lambda match: f"_{{{unicodedata.normalize('NFKC', match[0])}}}", text)
    text = "".join(_digit(char) for char in text.strip().strip(_INVISIBLE))
    return unicodedata.normalize("NFKC", text).translate(_SYMBOLS)


def _digit(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    kind = unicodedata.decomposition(char)
    if kind.startswith("<circle>"):
        return "?"  # ⑦② is a list of labels, not 72
    return f" {char}" if kind.startswith("<fraction>") else char


def _unwrapped(text: str) -> str:
    r"""Without full stop and wrappers: ``$\boxed{72}$.`` has three coats; nobody honest wears over five."""
    for _ in range(5):
        text = text if text.endswith("..") else text.rstrip(".,; \n\t")
        if not text or text[0] not in _COATS:
            break
        styled = [(match[0], "}")] if (match := _STYLED.match(text)) else []
        inside = next((found for pair in _WRAPPERS + styled if (found := _between(text, *pair))), None)
        if inside is None:
            break
        text = inside
    return text


def _between(text: str, left: str, right: str) -> str | None:
    """What stands between the two ends of `text`, when they are `left` and `right` and belong together."""
    if not (text.startswith(left) and text.endswith(right)) or text.endswith("\\" + right[:1]):
        return None
    inside = text[len(left) : -len(right)]
    if right != "}":
        return None if right in inside.replace(" * ", " ").replace(r"\$", "") else inside.strip()
    depth = 0
    for char in inside:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return None
    return inside.strip()
