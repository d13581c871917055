"""The live view, without a browser: its numbers, its safety, and that watching changes nothing."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.errors import WorkbookError
from helpers.rewards import reward_format, reward_len
from helpers.runs import load_run
from helpers.trainer import watching
from helpers.trainer.watching import TextView, Watch, headings, shown
from helpers.training import train
from helpers.widgets import live
from helpers.widgets.live import LiveView, Pace, live_view
from helpers.widgets.live_html import group_html, numbers_html, watched_html
from helpers.widgets.live_state import LiveState, first_group

FAST = {"max_completion_length": 12, "learning_rate": 0.01, "save_steps": 2}
ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("reward", "reward_std", "length", "length_chars", "entropy", "dead_groups", "truncated")


ALWAYS = ("spread", "tokens", "chars", "entropy", "dead", "cut")


def row(step: int = 1, **values):
    """A row of the curve."""
    usual = {"reward": -1.5, "reward_len_mean": -1.5, "reward_std": 0.25, "length": 11.5}
    usual |= {"length_chars": 40.0, "entropy": 0.5, "dead_groups": 0.25, "truncated": 0.5}
    return {"step": step, **usual, **values}


def sample(prompt="What?", advantage=0.5, text="that", **rewards):
    """A line of completions.jsonl."""
    paid = rewards or {"reward_len": -1.0}
    return {"step": 1, "prompt": prompt, "completion": text, "rewards": paid, "advantage": advantage}


class Watcher:
    """Writes down what it is told; raises `error` at the step `at`."""

    def __init__(self, at: int = 0, error: BaseException | None = None) -> None:
        self.at, self.error, self.told, self.samples = at, error, [], []

    def begin(self, total_steps, reward_names):
        self.told.append(("begin", total_steps, list(reward_names)))

    def step(self, row, samples):
        self.told.append(("step", row["step"]))
        self.samples.append(samples)
        if row["step"] == self.at:
            raise self.error

    def end(self, status):
        self.told.append(("end", status))


@pytest.fixture
def notebook(monkeypatch):
    """As in a notebook: live_view() makes widgets. Returns what is displayed."""
    displayed = []
    monkeypatch.setattr(live, "_in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda *things, **rest: displayed.extend(things))
    return displayed


@pytest.fixture
def ask(random_model, rows_folder, tmp_path):
    """Train the random model for some steps, out=tmp_path/NAME."""

    def call(name, steps=4, **options):
        usual = {"source": rows_folder, "steps": steps, "out": tmp_path / name, **FAST}
        return train("tldr", random_model, **usual | options)

    return call


def cells(html: str) -> dict[str, str]:
    """Column -> number, of the large line."""
    now = html[html.index('class="t-live-now"') :].split("</tr>")[0]
    return dict(re.findall(r'<td data-column="(\w+)">([^<]*)</td>', now))


def curve_of(run):
    return [{name: value for name, value in step.items() if name != "seconds"} for step in run.curve]


# --- one set of numbers, as text and as a page -------------------------------------------------------------


@pytest.mark.train
def test_the_view_shows_the_last_row_of_the_curve(ask, notebook, capsys):
    view = live_view()
    run = ask("run", reward_funcs=[reward_len, reward_format], reward_weights=[1.0, 0.5], watch=view)
    assert notebook == [view.box.root]
    last, found = run.curve[-1], cells(view.box.numbers.value)
    assert list(found) == ["reward", "reward_len_mean", "reward_format_mean", *COLUMNS[1:]]
    for column, text in found.items():
        percent, digits = (0.01 if text.endswith("%") else 1.0), len(text.partition(".")[2])
        half = 0.501 * percent * 10**-digits  # of the last digit that is shown
        assert float(text.rstrip("%")) * percent == pytest.approx(last[column], abs=half, rel=0), column
    assert (view.box.bar.value, view.box.bar.max) == (4, 4)
    assert view.box.time.value.startswith("step 4 of 4 · 0:") and view.box.time.value.endswith("in all")
    assert "Finished after step 4." in view.box.status.value
    png = bytes(view.box.curves.value)
    assert png.startswith(b"\x89PNG") and len(png) > 5000
    group = [one for one in run.completions if one["step"] == 4][:8]
    for one in group:
        assert f"{one['rewards']['reward_len']:.4g}" in view.box.group.value
    said = capsys.readouterr().out
    assert "first 2" in said and "last 2" in said and "step 1/4" not in said


@pytest.mark.train
def test_watching_changes_nothing(ask, notebook):
    plain, view = ask("plain"), live_view(watched=3)
    seen = ask("seen", watch=view)
    assert curve_of(seen) == curve_of(plain)
    assert [one["token_ids"] for one in seen.completions] == [one["token_ids"] for one in plain.completions]
    assert [step for step, _ in view.state.looks] == [0, 1, 2, 3, 4]
    assert {one["prompt"] for _, look in view.state.looks for one in look} == {
        "TITLE: 5 pens\nPOST: I had 5 pens, my aunt sent 3 more, why?\nTL;DR:"
    }
    for _, look in view.state.looks:
        assert [one["rewards"]["reward_len"] for one in look] == [
            -abs(50 - len(one["completion"])) for one in look
        ]


@pytest.mark.train
def test_a_look_gives_every_random_state_back(ask, notebook):
    drawn = {"plain": [], "seen": []}

    def noisy(kind):
        def reward(completions, **columns):
            drawn[kind].append(random.random())
            return [float(len(one[0]["content"])) + random.random() for one in completions]

        return reward

    random.seed(1)
    plain = ask("plain", steps=2, reward_funcs=[noisy("plain")])
    random.seed(1)
    seen = ask("seen", steps=2, reward_funcs=[noisy("seen")], watch=live_view())
    assert curve_of(seen) == curve_of(plain) and len(drawn["seen"]) > len(drawn["plain"])


@pytest.mark.train
def test_a_watcher_gets_rows_and_samples_as_written(ask):
    watcher = Watcher()
    run = ask("run", steps=2, watch=watcher)
    assert watcher.told == [("begin", 2, ["reward_len"]), ("step", 1), ("step", 2), ("end", "finished")]
    assert [one for step in watcher.samples for one in step] == run.completions


# --- a run is never lost -----------------------------------------------------------------------------------


@pytest.mark.train
def test_a_watcher_that_raises_is_dropped_with_a_line(ask, capsys):
    run = ask("run", watch=Watcher(at=2, error=ZeroDivisionError("by me")))
    said = capsys.readouterr().out
    assert run.finished and run.column("step") == [1, 2, 3, 4]
    assert said.count("Watcher failed (ZeroDivisionError: by me): training goes on without it") == 1
    assert "step 3/4" in said and "step 4/4" in said


@pytest.mark.train
def test_interrupted_the_view_says_so_and_the_record_is_whole(ask, notebook, tmp_path, capsys):
    def stops(completions, trainer_state, **columns):
        if trainer_state.global_step == 3 and stops.armed:
            raise KeyboardInterrupt
        return reward_len(completions)

    view, stops.armed = live_view(watched=None), True
    with pytest.raises(KeyboardInterrupt):
        ask("run", steps=5, reward_funcs=[stops], watch=view)
    run = load_run(tmp_path / "run")
    assert (run.record["status"], run.record["steps"], len(run.curve)) == ("interrupted", 3, 3)
    assert (run.adapter / "adapter_model.safetensors").is_file()
    assert "Interrupted after step 3 of 5" in view.box.status.value
    assert "resume=True" in view.box.status.value and "left" not in view.box.time.value
    assert cells(view.box.numbers.value)["reward"] == shown("reward", run.curve[-1]["reward"])
    assert "interrupted after step 3" in capsys.readouterr().out
    stops.armed, again = False, live_view(watched=None)
    run = ask("run", steps=5, reward_funcs=[stops], watch=again, resume=True)
    assert run.finished and [one["step"] for one in again.state.rows] == [1, 2, 3, 4, 5]


@pytest.mark.train
def test_interrupted_inside_the_view_too(ask, tmp_path):
    watcher = Watcher(at=2, error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        ask("run", watch=watcher)
    run = load_run(tmp_path / "run")
    assert (run.record["status"], len(run.curve)) == ("interrupted", 2)
    assert watcher.told[-1] == ("end", "interrupted")


@pytest.mark.train
def test_a_watched_prompt_that_is_not_there_is_one_line(ask, notebook, capsys):
    view = live_view(watched=1000)
    assert ask("run", steps=1, watch=view).finished
    said = capsys.readouterr().out
    assert said.count("the watched prompt is not shown (WorkbookError: watched=1000: choose one of") == 1
    assert view.state.looks == [] and view.state.done == 1


def test_a_broken_stream_drops_the_text_view():
    stream = io.StringIO()
    watch = Watch(TextView(stream))
    watch.begin(3, ["reward_len"])
    stream.close()
    watch.step(row(), [])
    watch.step(row(2), [])
    watch.end("finished")
    assert watch.watcher is None


def test_what_cannot_watch_is_refused_in_one_line():
    with pytest.raises(WorkbookError, match=r"watch=True has no begin\(\).*live_view\(\)"):
        Watch(True)
    for wrong in (-1, True, "0", 1.5):
        with pytest.raises(WorkbookError, match=r"watched="):
            live_view(watched=wrong)


# --- text --------------------------------------------------------------------------------------------------


def test_text_in_a_pipe_is_a_table():
    stream = io.StringIO()
    watch = Watch(TextView(stream))
    watch.begin(100, ["reward_format", "reward_accuracy"])
    for step in range(1, 101):
        watch.step(row(step, reward_format_mean=0.5, reward_accuracy_mean=step / 100), [])
    watch.end("finished")
    head, *lines = stream.getvalue().splitlines()
    assert head.split() == ["reward", "format", "accuracy", *ALWAYS]
    assert len(lines) == 11 + 2 and all(len(line) <= 110 for line in lines)
    assert lines[1].split()[:4] == ["step", "10/100", "-1.500", "0.500"]
    for heading, text in (("accuracy", "0.100"), ("dead", "25%"), ("cut", "50%")):
        assert lines[1][: head.index(heading) + len(heading)].endswith(text)
    assert lines[-2].split()[:2] == ["first", "5"] and lines[-2].split()[4] == "0.030"
    assert lines[-1].split()[:2] == ["last", "10"] and lines[-1].split()[4] == "0.955"


def test_a_lone_reward_is_not_shown_twice():
    assert "reward_len_mean" not in headings(["reward_len"], row())
    assert headings(["reward_len"], row(reward=-3.0))["reward_len_mean"] == "len"
    assert list(headings(["a", "b"]))[:3] == ["reward", "a_mean", "b_mean"]


def test_what_was_not_measured_is_a_dash():
    assert shown("reward", None) == "–"
    assert watching.mean_row([row(entropy=None), row(entropy=1.0)])["entropy"] == 1.0
    state = LiveState(3, ["reward_len"])
    state.add(row(reward=None, reward_std=None, entropy=None), [])
    assert cells(numbers_html(state))["entropy"] == "–"


def test_without_a_notebook_the_view_is_text():
    code = "from helpers.widgets.live import live_view; print(type(live_view()).__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "TextView", done.stderr


def test_training_never_loads_widgets():
    code = "import sys, helpers.training; print(sorted({'ipywidgets', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr


# --- drawing -----------------------------------------------------------------------------------------------


def test_what_a_model_wrote_is_escaped():
    state = LiveState(3, ["reward_len"])
    state.add(row(), [sample("<b>&", 1.0, "<script>alert(1)</script>")])
    state.looks.append((0, [sample("<i>", 0.0, "<img src=x onerror=y>")]))
    for page in (group_html(state), watched_html(state)):
        assert not re.search(r"<script|<img|<b>&|<i>", page) and "&lt;" in page


def test_the_latest_group_is_one_prompt_best_first():
    samples = [sample("a", -1.0), sample("a", 2.0), sample("b", 9.0)]
    assert [one["advantage"] for one in first_group(samples)] == [2.0, -1.0]
    assert first_group([]) == []


def test_the_curves_are_the_rows():
    from helpers.widgets.live_curves import Curves

    state = LiveState(30, ["a", "b"])
    state.add(row(1, a_mean=1.0, b_mean=2.0), [])
    curves = Curves(state)
    first = curves.draw(state)
    for step in range(2, 31):
        state.add(row(step, reward=float(step), a_mean=1.0, b_mean=None), [])
        last = curves.draw(state)
    assert set(curves.lines) == {"reward", "a_mean", "b_mean", *COLUMNS[1:]} - {"length_chars"}
    assert list(curves.lines["reward"].get_ydata()) == [-1.5, *map(float, range(2, 31))]
    assert list(curves.lines["b_mean"].get_xdata()) == [1]
    assert curves.axes[0].get_ylim()[1] >= 30 and curves.axes[0].get_xlim() == (0, 30)
    assert first != last


def test_drawing_keeps_to_its_share_of_the_time():
    now = [0.0]
    pace, drawn = Pace(0.5, 0.02, clock=lambda: now[0]), 0

    def draw():
        now[0] += 0.1

    for _ in range(1000):
        now[0] += 0.3
        if pace.due():
            pace.run(draw)
            drawn += 1
    assert drawn >= 40 and pace.spent <= 0.02 * now[0] + 0.1


def test_the_view_draws_no_faster_than_twice_a_second(notebook):
    view = LiveView(None)
    view.begin(200, ["reward_len"])
    for step in range(1, 201):
        view.step(row(step), [])
    assert view.drawn <= 2
    view.end("finished")
    assert cells(view.box.numbers.value)["reward"] == "-1.500" and view.box.bar.value == 200
