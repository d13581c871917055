"""The pictures of notebook 05 show what they are given."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

from helpers.pictures.comparisons import forest, grouped_bars


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_bars_stand_for_their_numbers_and_a_missing_one_has_none() -> None:
    ax = grouped_bars({"base": {"test": 0.25, "far": 0.1}, "GRPO": {"test": 0.75}}, "right answers (share)")
    heights = [[bar.get_height() for bar in series] for series in ax.containers]
    assert heights[0] == [0.25, 0.1] and heights[1][0] == 0.75 and heights[1][1] != heights[1][1]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["test", "far"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["base", "GRPO"]
    assert ax.get_ylabel() == "right answers (share)"
    assert len({series[0].get_hatch() for series in ax.containers}) == 2, "not by colour alone"
    assert [text.get_text() for text in ax.texts] == ["0.25", "0.10", "0.75", ""]


def test_an_interval_that_holds_zero_has_an_empty_dot() -> None:
    ax = forest({"clear": (0.5, 0.4, 0.6), "inconclusive": (0.1, -0.1, 0.3)}, "change (share)")
    lines, dots = ax.lines[:4:2], ax.lines[1:4:2]
    assert [list(line.get_xdata()) for line in lines] == [[0.4, 0.6], [-0.1, 0.3]]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, True]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["clear", "inconclusive"]
    bottom, top = ax.get_ylim()
    assert bottom > top, "the first stands on top"
