"""What a group taught, in words that are worked out from its numbers. No widgets and no torch in here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import fmean

from helpers.pictures.strips import SAME_NATS
from helpers.widgets.microscope_state import Completion, Group, Tokens, mean_change


def in_words(group: Group, tokens: Sequence[Tokens] | None = None) -> str:
    """What the step pushed up and down and why; then, with `tokens`, what training as a whole did. Lines."""
    lines = _dead(group) if group.dead else [_pushes(group), *_reasons(group), *_lengths(group)]
    if len(group.completions) < group.size:
        lines.append(
            f"(Only {len(group.completions)} of the group's {group.size} completions were kept; "
            "the advantages compare all of them.)"
        )
    said = [" ".join(lines)]
    if tokens is not None:
        said.append(" ".join(_training(group, tokens)))
    return "\n".join(line for line in said if line)


def factor(nats: float) -> str:
    """A change of log-probability as a factor: "×12", "÷3.0", "÷1,000,000+" for a million and more."""
    size = math.exp(min(abs(nats), 20.0))
    text = f"{size:.1f}" if size < 9.95 else f"{size:,.0f}" if size < 1e6 else "1,000,000+"
    return f"{'×' if nats >= 0 else '÷'}{text}"


def number(value: float | None) -> str:
    """A reward as a reader likes it: 1, 0.25, −12.5, or "none" where there is none."""
    if value is None:
        return "none"
    text = f"{value:.4g}" if abs(value) >= 1 or value == 0 else f"{value:.2g}"
    return text.replace("-", "−")


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, as +1.21 or −0.72; what rounds to nothing is 0.00."""
    text = f"{value:+.{digits}f}"
    return f"{0:.{digits}f}" if float(text) == 0 else text.replace("-", "−")


def _pushes(group: Group) -> str:
    kinds = (("up", group.up), ("down", group.down))
    parts = [f"{len(kind)} {way} ({_range(kind)})" for way, kind in kinds if kind]
    rest = len(group.completions) - len(group.up) - len(group.down)
    still = f"; {rest} got no push" if rest else ""
    return f"Of {len(group.completions)} completions this step pushed {' and '.join(parts)}{still}."


def _range(completions: Sequence[Completion]) -> str:
    values = [signed(one.advantage) for one in completions]
    one = values[0] == values[-1]
    return f"advantage {values[0]}" if one else f"advantages from {values[0]} to {values[-1]}"


def _reasons(group: Group) -> list[str]:
    """Which rewards tell those pushed up from those pushed down: by weight x difference of their means."""
    if not group.up or not group.down:
        return []
    gaps = {name: _gap(group, name) for name in group.names}
    apart = sorted((name for name in gaps if gaps[name] > 1e-9), key=lambda name: -gaps[name])
    against = [name for name in gaps if gaps[name] < -1e-9]
    flat = [name for name in gaps if name not in apart and name not in against]
    lines = []
    if apart:
        told = "; ".join(_compared(group, name) for name in apart)
        lines.append(f"What told them apart: {told}.")
    lines += [f"Against it, but outweighed: {_compared(group, name)}." for name in against]
    return lines + [_flat(group, name) for name in flat]


def _gap(group: Group, name: str) -> float:
    """How much of the difference between up and down a reward makes: weight x difference of means."""
    up, down = _scores(group.up, name), _scores(group.down, name)
    return group.weights.get(name, 1.0) * (fmean(up) - fmean(down)) if up and down else 0.0


def _scores(completions: Sequence[Completion], name: str) -> list[float]:
    return [one.rewards[name] for one in completions if one.rewards.get(name) is not None]


def _compared(group: Group, name: str) -> str:
    up, down = _scores(group.up, name), _scores(group.down, name)
    weight = group.weights.get(name, 1.0)
    times = "" if weight == 1 else f", weight {number(weight)}"
    if set(up + down) <= {0.0, 1.0}:
        return f"{name} ({_of(up)} pushed up, {_of(down)} pushed down{times})"
    return f"{name} (mean {number(fmean(up))} against {number(fmean(down))}{times})"


def _of(scores: list[float]) -> str:
    """Who got 1: "1 for all 3", "0 for the one", "1 for 2 of the 3"."""
    ones, count = scores.count(1.0), len(scores)
    if 0 < ones < count:
        return f"1 for {ones} of the {count}"
    return f"{min(ones, 1)} for {('the one', 'both')[count - 1] if count < 3 else f'all {count}'}"


def _flat(group: Group, name: str) -> str:
    if group.weights.get(name, 1.0) == 0:
        return f"{name} has weight 0 and no say."
    values = _scores(group.completions, name)
    if not values:
        return f"{name} could score none of them."
    if len(values) == len(group.completions) and len(set(values)) == 1:
        return f"{name} gave all {len(values)} the same ({number(values[0])}) and had no say."
    return f"{name} did not tell them apart."


def _lengths(group: Group) -> list[str]:
    """Whether the push favours longer completions, or shorter ones."""
    up, down = ([size for size in map(_tokens, kind) if size] for kind in (group.up, group.down))
    if not up or not down:
        return []
    ups, downs = fmean(up), fmean(down)
    numbers = f"{ups:.0f} tokens against {downs:.0f}"
    if abs(ups - downs) < max(1.0, 0.1 * max(ups, downs)):
        return ["The two kinds are about equally long."]
    return [
        f"The push is towards {'longer' if ups > downs else 'shorter'} completions: {numbers} on average."
    ]


def _tokens(one: Completion) -> int:
    return len(one.token_ids)


def _dead(group: Group) -> list[str]:
    """Why nothing was learned from a group."""
    count, totals = len(group.completions), [group.total(one) for one in group.completions]
    start = "Nothing was learned from this group:"
    end = "so every advantage is 0 and no token is pushed."
    if all(total is None for total in totals):
        return [f"{start} no reward could score any of its {count} completions, {end}"]
    if count == 1:
        return [f"{start} one completion alone has nothing to be compared with, {end}"]
    known = [total for total in totals if total is not None]
    if max(known) - min(known) > 1e-6:
        return [f"{start} its advantages are all 0, although its rewards differ."]
    same = all(len({one.rewards.get(name) for one in group.completions}) == 1 for name in group.names)
    parts = ", ".join(f"{name} {number(group.completions[0].rewards.get(name))}" for name in group.names)
    how = f" ({parts})" if same and len(group.names) > 1 else "" if same else ", though its parts differ"
    copies = ["They are all the same text."] if len({one.text for one in group.completions}) == 1 else []
    return [f"{start} all {count} completions got the same reward, {number(known[0])}{how}, {end}", *copies]


def _training(group: Group, tokens: Sequence[Tokens]) -> list[str]:
    """What all steps of training together did to these completions, and to the tokens of the best one."""
    kinds = {"these completions ": group.completions}
    if not group.dead:
        kinds = {"those pushed up here ": group.up, "those pushed down ": group.down}
    said = [f"{name}{words}" for name, kind in kinds.items() if (words := _likelier(kind, tokens))]
    if not said:
        return []
    lines = [f"Training as a whole, all its steps together, made {' and '.join(said)}."]
    best = next(one for one in group.ranked if tokens[one.number - 1].texts)
    equals = sum(one.advantage == best.advantage for one in group.completions)
    rank = "" if best.push < 1 else ", the best here," if equals == 1 else ", one of the best here,"
    return lines + _extremes(f"In completion {best.number}{rank}", tokens[best.number - 1])


def _likelier(completions: Sequence[Completion], tokens: Sequence[Tokens]) -> str:
    """By how much training changed the probability of whole texts: the mean of their log-probabilities."""
    sums = [math.fsum(tokens[one.number - 1].change) for one in completions if tokens[one.number - 1].texts]
    if not sums:
        return ""
    whole, each = fmean(sums), mean_change(completions, tokens)
    how = "likelier" if whole > 0 else "less likely"
    if abs(whole) < SAME_NATS:
        return f"about as likely as before ({signed(each)} nats a token)"
    return f"{how} ({factor(whole)} as whole texts, {signed(each)} nats a token)"


def _extremes(where: str, tokens: Tokens) -> list[str]:
    """The token of a completion that gained most, and the one that lost most."""
    picks: list[tuple[Callable[..., int], str]] = [(max, "gained"), (min, "lost")]
    said = []
    for pick, verb in picks:
        change = pick(tokens.change)
        place = tokens.change.index(change)
        if (change > 0) == (verb == "gained") and abs(change) >= SAME_NATS:
            chances = " to ".join(_percent(math.exp(row[place])) for row in (tokens.before, tokens.after))
            said.append(f"“{visible(tokens.texts[place])}” {verb} most ({factor(change)}, {chances})")
    if not said:
        return [f"{where} every token is about as likely as before."]
    return [f"{where} {' and '.join(said)}."]


def _percent(share: float) -> str:
    for digits in (0, 1, 2):
        text = f"{100 * share:.{digits}f}"
        if float(text) not in (0.0, 100.0):
            return f"{text}%"
    return "nearly 0%" if share < 0.5 else "nearly 100%"


def visible(text: str) -> str:
    """A token's text with its white space made visible: ␣ for a space, ↵ for a line break, ⇥ for a tab."""
    marks = {" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥"}
    return "".join(marks.get(letter, letter) for letter in text) or "▯"
