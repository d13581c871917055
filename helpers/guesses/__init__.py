"""The quiz at each "predict" of the notebooks, one file a notebook: a page must not give the answer away.

`GUESSES` of a file: number on the page -> question, answers with what is said about each, the right one; what
`helpers.widgets.quiz.quiz` takes. Standard library only.
"""

Guess = tuple[str, dict[str, str], str]
