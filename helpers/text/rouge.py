"""ROUGE-L: how much of a reference summary a text says, word by word and in the same order.

The library rouge-score does the counting, with stemming ("sits" is "sit"). This room adds the limits that a
reward needs; `reward_rouge` and the evaluation both take their numbers from here. The measure: Lin, *ROUGE: a
package for automatic evaluation of summaries*, 2004 (https://aclanthology.org/W04-1013).
"""

import re
from functools import cache
from typing import Any

MAX_CHARS = 4_000  # of either text; the work grows with the product of both lengths


def rouge_l(reference: str | None, text: str) -> float | None:
    """F1 of the longest common subsequence of words, from 0 (nothing in common) to 1 (the same words).

    With m words in the reference, n in the text and c in the longest sequence of words that both hold in the
    same order, gaps allowed: 2 * c / (m + n). Case and punctuation do not count; a word is a run of a-z and
    0-9. Of a text beyond MAX_CHARS only the start is compared, and the score shrinks by the share left out.

    None when there is nothing to compare with: no reference, one without a word, or one beyond MAX_CHARS.

    >>> rouge_l("The cat sat down.", "Cat sat!"), rouge_l("The cat sat down.", "No.")  # c = 2, m = 4, n = 2
    (0.666..., 0.0)
    >>> rouge_l("", "Cat sat!") is None
    True
    """
    if not isinstance(reference, str) or len(reference) > MAX_CHARS:
        return None
    if not re.search("[a-z0-9]", reference.lower()):
        return None
    score = _scorer().score(reference, text[:MAX_CHARS])["rougeL"].fmeasure
    return float(score) * min(1.0, MAX_CHARS / max(1, len(text)))


@cache
def _scorer() -> Any:
    """The library's scorer, imported when it is first needed: that takes half a second."""
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=True)
