"""Pictures say what they should: the data on them, units on their axes, an alt text beside them."""

import math

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")

import matplotlib.pyplot as plt

from helpers import plots
from helpers.pictures import look
from helpers.rewards import reward_len


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def curve(steps: int = 10) -> list[dict]:
    rows = [{"step": i, "reward": i / 10, "reward_std": 0.1, "length": 30 + i} for i in range(1, steps + 1)]
    rows[0]["length"] = None
    return rows


def test_reward_curve_draws_the_reward_and_its_samples() -> None:
    def reward(n: float) -> float:
        return reward_len(["x" * int(n)])[0]

    ax = plots.reward_curve(reward, range(0, 101), ideal=50, samples=[40, 70])
    line, dots, _ = ax.lines
    assert line.get_ydata()[[0, 50, 100]].tolist() == [-50, 0, -50]
    assert list(dots.get_ydata()) == [-10, -20]
    assert ax.get_xlabel() == "completion length (characters)"
    assert plots.reward_curve(math.sqrt, [1, 4], unit="tokens", ax=ax) is ax


def test_length_histogram_counts_everything_once() -> None:
    ax = plots.length_histogram({"before": [1, 2, 3], "after": [50] * 4}, ideal=50, bins=10)
    assert sum(bar.get_height() for bar in ax.patches) == 7
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["before", "after", "ideal: 50"]
    assert plots.length_histogram([3, 4, 5]).get_legend() is None


def test_group_advantages_shows_both_numbers_of_each_completion() -> None:
    axes = plots.group_advantages([1.0, 0.0], [0.7, -0.7], ["costs $1 and $2", "b" * 60])
    assert [[round(bar.get_width(), 2) for bar in ax.patches] for ax in axes] == [[1.0, 0.0], [0.7, -0.7]]
    axes[0].figure.canvas.draw()  # unescaped dollars would be read as a formula


def test_training_curve_has_a_panel_a_column_and_skips_empty_cells() -> None:
    axes = plots.training_curve(curve(), ["reward", "length"])
    assert [ax.get_ylabel() for ax in axes] == ["reward", "length (tokens)"]
    assert axes[-1].get_xlabel() == "training step"
    assert len(axes[1].lines[0].get_xdata()) == 9
    assert len(axes[0].collections) == 1 and not axes[1].collections, "the band needs a recorded deviation"
    assert axes[0].lines[1].get_ydata()[-1] == pytest.approx(0.8), "mean of the last five steps"
    with pytest.raises(KeyError, match="no column 'rewards'; it has step, reward"):
        plots.training_curve(curve(), ["rewards"])
    with pytest.raises(KeyError, match="no rows"):
        plots.training_curve([])


def test_a_dead_group_is_drawn_on_a_scale_that_can_be_read() -> None:
    axes = plots.group_advantages([-49.0] * 4, [0.0] * 4)
    assert axes[1].get_xlim() == (-1, 1)


def test_before_after_draws_the_interval_of_the_difference() -> None:
    row = {"before": 0.25, "after": 0.85, "diff": 0.6, "ci_low": 0.5, "ci_high": 0.75, "n": 200}
    (ax,) = plots.before_after({"accuracy": row}, {"accuracy": "accuracy (share)"})
    ends = ax.containers[1].lines[2][0].get_segments()[0][:, 1]
    assert ends == pytest.approx([0.75, 1.0])
    assert ax.get_title() == "accuracy (share)"


def test_several_seeds_and_scatter() -> None:
    ax = plots.several_seeds({"seed 0": curve(), "seed 1": curve()})
    assert len(ax.lines) == 2 and len({line.get_linestyle() for line in ax.lines}) == 2
    ax = plots.rewards_scatter([1, 2, 3], [4, 5, 6], xlabel="a", ylabel="b", groups=["x", "y", "x"])
    assert [len(line.get_xdata()) for line in ax.lines] == [2, 1]


def test_lora_weights_moved_places_each_module() -> None:
    moved = {"model.layers.0.mlp.up_proj": 0.01, "model.layers.1.self_attn.q_proj": 0.02}
    ax = plots.lora_weights_moved(moved)
    grid = ax.images[0].get_array()
    assert grid.shape == (2, 2) and grid[0, 0] == 1 and grid[1, 1] == 2
    assert [text.get_text() for text in ax.texts] == ["1", "2"], "a module that is missing has no number"


def test_pictures_are_small_and_leave_the_readers_settings_alone() -> None:
    before = dict(plt.rcParams)
    figure = plots.reward_curve(math.sqrt, [1, 4]).figure
    assert tuple(figure.get_size_inches()) == look.SIZE and figure.dpi == look.DPI
    assert dict(plt.rcParams) == before


def test_show_hands_over_the_alt_text_and_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda thing, **kwargs: shown.append((thing, kwargs)))
    axes = plots.training_curve(curve(), ["reward", "length"])
    plots.show(axes, "Reward and length rise.")
    assert shown[0][0] is axes[0].figure
    assert shown[0][1]["metadata"]["image/png"]["alt"] == "Reward and length rise."
    assert shown[1][0].data == "*Reward and length rise.*"
    assert not plt.get_fignums(), "an open figure would be displayed a second time"


def test_all_colours_differ() -> None:
    assert len(set(look.PALETTE)) == len(look.PALETTE)
    assert np.all([color.startswith("#") for color in look.PALETTE])


def test_a_backend_that_wakes_up_inside_the_style_stays_awake() -> None:
    assert not plt.isinteractive()
    try:
        with look.style():
            plt.ion()  # what Jupyter's inline backend does at the first figure of a session
        assert plt.isinteractive(), "the reader's own figures would not be displayed any more"
    finally:
        plt.ioff()
