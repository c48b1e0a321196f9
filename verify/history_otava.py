"""What Apache Otava finds in series like those of history-rates, as rows of its tables: history_otava.py SERIES [P...].

Needs apache-otava (pip install apache-otava). Each series is looked at after every run, as a CI does. P: values of
--p-value, 0.001 being Otava's own; its window stays 50 and its smallest magnitude 0.
"""

import sys

import numpy as np
from otava.analysis import compute_change_points

BASE, HORIZON, SHORT, LONG = 100, 60, 30, 150


def noise(kind, n, random):
    if kind == "normal":
        return random.standard_normal(n)
    if kind == "exponential":
        return random.standard_exponential(n) - 1
    if kind == "log-normal":
        return (np.exp(random.standard_normal(n)) - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e)
    return (random.standard_normal(n) + np.where(random.random(n) < 0.3, 6, 0) - 1.8) / np.sqrt(1 + 36 * 0.21)


def changes(series, p_value):
    return compute_change_points(series.tolist(), max_pvalue=p_value)[0]


def any_false(kind, p_value, random):
    """Whether a change is reported at the last look, and at any look, of a series without one."""
    series = 1 + 0.02 * noise(kind, LONG, random)
    at_end = len(changes(series, p_value)) > 0
    return at_end, at_end or any(changes(series[:n], p_value) for n in range(SHORT, LONG))


def delay(kind, step, p_value, random):
    """Looks after the step up to the first that reports a rise within five runs of it; HORIZON if none does."""
    series = 1 + 0.02 * noise(kind, BASE + HORIZON, random)
    series[BASE:] *= 1 + step
    for n in range(BASE + 1, BASE + HORIZON):
        for change in changes(series[:n], p_value):
            if change.index >= BASE - 5 and change.stats.mean_2 > change.stats.mean_1:
                return n - BASE
    return HORIZON


def main():
    count = int(sys.argv[1])
    for p_value in map(float, sys.argv[2:] or ["0.001"]):
        random = np.random.default_rng(1)
        for kind in ("normal", "exponential", "log-normal", "bimodal"):
            seen = np.array([any_false(kind, p_value, random) for _ in range(count)])
            row = [f"{100 * share:.2g}" for share in seen.mean(axis=0)]
            for step in (0.02, 0.05, 0.10):
                delays = np.array([delay(kind, step, p_value, random) for _ in range(count)])
                row.append(f"{100 * np.mean(delays < HORIZON):.0f} | {delays.mean():.1f}")
            print(f"| Otava, p {p_value:g} | {kind} | {' | '.join(row)} |", flush=True)


main()
