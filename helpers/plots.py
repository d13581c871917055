"""Every picture of the workbook: arrays and callables in, Axes out.

The figures share one look: 5 x 3 inches at 72 dpi, the Okabe-Ito palette (safe for colour-blind readers, and
lines also differ in dash), units on every axis. `show(axes, "what it shows")` puts a picture into the
notebook together with its alt text. Only matplotlib and numpy are needed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.look import BLACK, BLUE, PALETTE, RED, SIZE, SKY, axis_label, legend, short, show, style

__all__ = [
    "before_after",
    "group_advantages",
    "length_histogram",
    "lora_weights_moved",
    "reward_curve",
    "rewards_scatter",
    "several_seeds",
    "show",
    "style",
    "training_curve",
]

@style()
def reward_curve(
    reward: Callable[[float], float],
    xs: Iterable[float],
    *,
    unit: str = "characters",
    ideal: float | None = None,
    samples: Sequence[float] | None = None,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A reward against completion length: plot it *past* its range, that is where flaws live.

    reward: length -> reward. xs: lengths in `unit`. ideal: a length to mark. samples: lengths of real
    completions, drawn as dots on the curve. Call it again with `ax` to lay a second reward over the first.
    """
    ax = plt.subplots()[1] if ax is None else ax
    xs = np.asarray(list(xs), dtype=float)
    (line,) = ax.plot(xs, [reward(x) for x in xs.tolist()], label=label)
    if samples is not None:
        heights, color = [reward(x) for x in samples], line.get_color()
        ax.plot(samples, heights, "o", color=color, ms=6, alpha=0.6, label="real samples", zorder=3)
    if ideal is not None:
        ax.axvline(ideal, color=BLACK, ls=":", lw=1, label=f"ideal: {ideal:g}")
    ax.set(xlabel=f"completion length ({unit})", ylabel="reward")
    return legend(ax)


@style()
def length_histogram(
    lengths: Sequence[float] | Mapping[str, Sequence[float]],
    *,
    unit: str = "characters",
    ideal: float | None = None,
    what: str = "completions",
    bins: int = 30,
    ax: Axes | None = None,
) -> Axes:
    """How lengths are spread: of one sequence, or of several by name ({"before": …, "after": …})."""
    ax = plt.subplots()[1] if ax is None else ax
    groups = lengths if isinstance(lengths, Mapping) else {"": lengths}
    edges = np.histogram_bin_edges(np.concatenate([np.asarray(group) for group in groups.values()]), bins)
    for (name, group), color in zip(groups.items(), PALETTE, strict=False):
        ax.hist(group, edges, color=color, alpha=0.6, label=name or None, edgecolor="white", lw=0.5)
    if ideal is not None:
        ax.axvline(ideal, color=BLACK, ls=":", lw=1, label=f"ideal: {ideal:g}")
    ax.set(xlabel=f"length ({unit})", ylabel=f"number of {what}")
    return legend(ax)


@style()
def group_advantages(
    rewards: Sequence[float], advantages: Sequence[float], labels: Sequence[str] | None = None
) -> np.ndarray:
    """One group, one prompt: each completion's reward (left) and advantage (right). Returns two Axes.

    labels: the completions' texts (cut to 28 characters). A positive advantage pushes a completion up.
    """
    size = SIZE[0] * 1.4, max(SIZE[1], 0.34 * len(rewards) + 0.8)
    _, axes = plt.subplots(1, 2, sharey=True, figsize=size)
    rows = np.arange(len(rewards))
    names = [str(row + 1) for row in rows] if labels is None else [short(label) for label in labels]
    axes[0].barh(rows, rewards, color=SKY)
    axes[1].barh(rows, advantages, color=[BLUE if value >= 0 else RED for value in advantages])
    for ax, values, title in zip(axes, (rewards, advantages), ("reward", "advantage"), strict=True):
        ax.axvline(0, color=BLACK, lw=0.8)
        ax.bar_label(ax.containers[0], [f"{value:+.2f}" for value in values], padding=2, fontsize=8)
        ax.margins(x=0.25) if np.any(values) else ax.set_xlim(-1, 1)  # a dead group has no scale
        ax.grid(axis="y", visible=False)
        ax.set_xlabel(f"{title}{' (group deviations)' if title == 'advantage' else ''}")
    axes[0].set_yticks(rows, names, fontsize=8)
    axes[0].invert_yaxis()
    return axes


@style()
def training_curve(
    curve: Sequence[Mapping[str, Any]],
    columns: Sequence[str] | Mapping[str, str] = ("reward",),
    *,
    smooth: int = 5,
    axes: Any = None,
) -> np.ndarray:
    """A run's curve (`run.curve`, one dict a step), one panel a column. Returns an array of Axes.

    columns: names, or a mapping from name to axis label with its unit. The thin line is each step, the thick
    one the mean of the last `smooth` steps; the band is one standard deviation where the curve records it
    (`reward_std`). Raises KeyError for a column that the curve does not have.
    """
    labels = dict(columns) if isinstance(columns, Mapping) else {name: axis_label(name) for name in columns}
    if axes is None:
        height = SIZE[1] if len(labels) == 1 else 1.7 * len(labels) + 0.4
        axes = plt.subplots(len(labels), 1, sharex=True, squeeze=False, figsize=(SIZE[0], height))[1].ravel()
    for ax, (name, label), color in zip(np.ravel(axes), labels.items(), PALETTE, strict=False):
        steps, values, spread = _series(curve, name)
        mean = running_mean(values, smooth)
        if spread is not None:
            ax.fill_between(steps, mean - spread, mean + spread, color=color, alpha=0.15, lw=0)
        ax.plot(steps, values, "-", color=color, lw=0.8, alpha=0.5)
        ax.plot(steps, mean, "-", color=color, lw=2)
        ax.set_ylabel(label)
    np.ravel(axes)[-1].set_xlabel("training step")
    return np.ravel(axes)


@style()
def before_after(
    metrics: Mapping[str, Mapping[str, float]], labels: Mapping[str, str] | None = None
) -> np.ndarray:
    """Before and after training, one panel a metric, as `evaluate` reports them. Returns an array of Axes.

    metrics: name -> {"before", "after", "ci_low", "ci_high", …}; the 95 % interval is that of the
    *difference*, so it is drawn on the after bar, from before + ci_low to before + ci_high. labels: name ->
    title with its unit.
    """
    labels = labels or {}
    width = max(SIZE[0], 1.7 * len(metrics))
    axes = np.ravel(plt.subplots(1, len(metrics), squeeze=False, figsize=(width, SIZE[1]))[1])
    for ax, (name, row) in zip(axes, metrics.items(), strict=True):
        before, after = row["before"], row["after"]
        ends = [[after - before - row["ci_low"]], [before + row["ci_high"] - after]]
        bars = ax.bar(["before", "after"], [before, after], color=[SKY, BLUE], width=0.65)
        ax.errorbar([1], [after], yerr=np.maximum(ends, 0), color=BLACK, capsize=4, lw=1.2, ls="none")
        for bar, value, ink in zip(bars, (before, after), ("black", "white"), strict=True):
            ax.annotate(f"{value:.3g}", bar.get_center(), ha="center", va="center", color=ink, fontsize=9)
        ax.set_title(labels.get(name, axis_label(name)))
        ax.grid(axis="x", visible=False)
    axes[0].set_ylabel("mean (bar: 95 % of the change)", fontsize=9)
    return axes


@style()
def several_seeds(
    curves: Mapping[str, Sequence[Mapping[str, Any]]],
    column: str = "reward",
    *,
    smooth: int = 5,
    ax: Axes | None = None,
) -> Axes:
    """The same training from several seeds ({"seed 0": run.curve, …}): what is luck and what is not."""
    ax = plt.subplots()[1] if ax is None else ax
    for name, curve in curves.items():
        steps, values, _ = _series(curve, column)
        ax.plot(steps, running_mean(values, smooth), lw=1.8, label=name)
    ax.set(xlabel="training step", ylabel=f"{axis_label(column)}\nmean of {smooth} steps")
    return legend(ax)


@style()
def lora_weights_moved(changes: Mapping[str, float], ax: Axes | None = None) -> Axes:
    """How far LoRA moved each module: change of a weight matrix as a share of its norm, by layer and kind.

    changes: module name (it holds its layer's number, `model.layers.0.self_attn.q_proj`) -> |change| /
    |weight|.
    """
    cells = {_place(name): change for name, change in changes.items()}
    layers, kinds = sorted({layer for layer, _ in cells}), list(dict.fromkeys(kind for _, kind in cells))
    grid = np.array([[100 * cells.get((layer, kind), np.nan) for kind in kinds] for layer in layers])
    size = max(SIZE[0], 0.72 * len(kinds) + 1), max(2.2, 0.4 * len(layers) + 1)
    ax = plt.subplots(figsize=size)[1] if ax is None else ax
    image = ax.imshow(grid, cmap="cividis", aspect="auto", vmin=0)
    middle = np.nanmax(grid) / 2
    for (row, column), value in np.ndenumerate(grid):
        if np.isfinite(value):
            ink = "white" if value < middle else "black"
            ax.text(column, row, f"{value:.2g}", ha="center", va="center", color=ink, fontsize=8)
    ax.set_xticks(range(len(kinds)), [kind.removesuffix("_proj") for kind in kinds])
    ax.set_yticks(range(len(layers)), layers)
    ax.set(xlabel="module", ylabel="layer")
    ax.grid(visible=False)
    ax.figure.colorbar(image, ax=ax, label="moved (% of the norm)")
    return ax


@style()
def rewards_scatter(
    xs: Sequence[float],
    ys: Sequence[float],
    *,
    xlabel: str,
    ylabel: str,
    groups: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Two numbers of each completion, say its length and its reward. groups: a name for each dot."""
    ax = plt.subplots()[1] if ax is None else ax
    names = np.asarray(["" for _ in xs] if groups is None else groups)
    xs, ys = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
    for name, color, mark in zip(dict.fromkeys(names.tolist()), PALETTE, "os^Dv*", strict=False):
        mine = names == name
        ax.plot(xs[mine], ys[mine], mark, color=color, alpha=0.6, label=name or None, ls="none")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return legend(ax)


def _series(
    curve: Sequence[Mapping[str, Any]], name: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Steps, values and (where recorded) standard deviations of a column; empty cells are left out."""
    if not curve or name not in curve[0]:
        known = ", ".join(curve[0]) if curve else "no rows"
        raise KeyError(f"the curve has no column {name!r}; it has {known}")
    rows = [row for row in curve if row[name] is not None]
    std = f"{name.removesuffix('_mean')}_std"
    known = bool(rows) and all(row.get(std) is not None for row in rows)
    columns = [[row["step"] for row in rows], [row[name] for row in rows]]
    steps, values = (np.asarray(column, dtype=float) for column in columns)
    return steps, values, np.asarray([row[std] for row in rows], dtype=float) if known else None


def running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Mean of the last `window` values at each place, of fewer at the start."""
    return np.array([values[max(0, end - window) : end].mean() for end in range(1, len(values) + 1)])


def _place(module: str) -> tuple[int, str]:
    """(layer, kind) of a module: model.layers.3.mlp.up_proj is (3, "up_proj"); -1 outside the layers."""
    layer = re.search(r"\.(\d+)\.", module)
    return int(layer[1]) if layer else -1, module.rsplit(".", 1)[-1]
