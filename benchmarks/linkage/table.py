"""Measure the linkage against ledgers with known truth, and beside other libraries on the same data, in one run.

    python -m pip install -r benchmarks/linkage/requirements.txt
    python benchmarks/linkage/table.py [--seeds 5] [--sizes 1 10 49] [--write]

``--write`` puts the tables into docs/linkage.md. Seeds begin at 101; the weights were set on seeds 1 to 12. Every
contender answers with a household and a score for each row; its line stands at the threshold that gives it its best F1,
so that nobody loses by a threshold. Time is CPU, of all threads, medians over the seeds; the collector of garbage is
kept from what was there before, lest a contender pay for the data and for what another left.
"""

import argparse
import gc
import platform
import statistics
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from contenders import CONTENDERS, Answer

from housing_guarantee.demo.noise import LEVELS, Noisy, Row, noisy
from housing_guarantee.linkage.match import LinkOptions, Match, Register, link
from housing_guarantee.linkage.traces import traces
from housing_guarantee.models import LedgerEntry

PAGE = Path(__file__).parents[2] / "docs" / "linkage.md"
BEGIN, END = "<!-- measured: written by benchmarks/linkage/table.py -->", "<!-- end of what was measured -->"
FIRST_SEED = 101
T = TypeVar("T")
PACKAGES = ("splink", "duckdb", "recordlinkage", "rapidfuzz")


def main() -> None:
    """Measure everything, print it, and with ``--write`` put it into the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1, 10, 49])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    lines = [*_versions(options.seeds), *_against_others(seeds), *_as_shipped(seeds), *_by_damage(seeds)]
    lines += [*_calibration(seeds), *_scale(options.sizes)]
    print("\n".join(lines))
    if options.write:
        text = PAGE.read_text(encoding="utf-8")
        before, after = text.partition(BEGIN)[0], text.partition(END)[2]
        PAGE.write_text("\n".join([before + BEGIN, *lines, END]) + after, encoding="utf-8", newline="\n")


def _versions(seeds: int) -> Iterator[str]:
    named = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    yield f"Python {platform.python_version()}, {named}; {seeds} counties a level, of 2,193 households each."
    yield ""


# ------------------------------------------------------------------------------------------------ beside others


def _against_others(seeds: Sequence[int]) -> Iterator[str]:
    yield "### Beside other libraries"
    yield ""
    yield "| noise | | precision | recall | best F1 | CPU s | of Splink's |"
    yield "|---|---|---|---|---|---|---|"
    for level in LEVELS:
        answers: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        seconds: dict[str, list[float]] = defaultdict(list)
        true = 0
        for seed in seeds:
            data = noisy(seed, level)
            true += sum(row.household_id is not None for row in data.rows)
            for name, contender in CONTENDERS.items():
                found, taken = _timed(lambda data=data, contender=contender: contender(data))
                seconds[name].append(taken)
                answers[name] += _judged(data, found)
        for name, own in answers.items():
            f1, precision, recall = _best_f1(own, true)
            share = statistics.median(seconds[name]) / statistics.median(seconds["Splink"])
            taken = f"{statistics.median(seconds[name]):.2f} | {share:.3f}"
            yield f"| {level} | {name} | {precision:.4f} | {recall:.4f} | {f1:.4f} | {taken} |"
    yield ""


def _timed(job: Callable[[], T]) -> tuple[T, float]:
    gc.collect()
    gc.freeze()
    started = time.process_time()
    done = job()
    taken = time.process_time() - started
    gc.unfreeze()
    return done, taken


def _judged(data: Noisy, answers: Sequence[Answer]) -> list[tuple[float, bool]]:
    both = zip(answers, data.rows, strict=True)
    return [(answer[1], answer[0] == row.household_id) for answer, row in both if answer]


def _best_f1(scored: list[tuple[float, bool]], true: int) -> tuple[float, float, float]:
    """Give the best F1 over all thresholds, with its precision and recall."""
    best, right = (0.0, 0.0, 0.0), 0
    ordered = sorted(scored, reverse=True)
    for count, (score, good) in enumerate(ordered, 1):
        right += good
        if right and (count == len(ordered) or ordered[count][0] != score):
            precision, recall = right / count, right / true
            best = max(best, (2 * precision * recall / (precision + recall), precision, recall))
    return best


# ------------------------------------------------------------------------------------------------ as shipped


def _as_shipped(seeds: Sequence[int]) -> Iterator[str]:
    yield "### As it is shipped"
    yield ""
    yield (
        "| noise | rows without a number | precision | lowest of a county | recall | the most it can be | "
        "certain or offered, of all | of what can be linked | rows sent to a person | with last traces | "
        "households accused though their row is there |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for level in LEVELS:
        for certain, words in ((False, "go to a person"), (True, "may be certain")):
            yield f"| {level} | {words} | {_shipped(level, seeds, LinkOptions(certain))} |"
    yield ""


def _shipped(level: str, seeds: Sequence[int], options: LinkOptions) -> str:
    counts: Counter[str] = Counter()
    lowest = 1.0
    for seed in seeds:
        data = noisy(seed, level)
        own = Counter[str]()
        register = Register.of(data.households, options)
        matches = register.link([row.entry for row in data.rows])
        offered = traces(matches, register)
        shown = {match.record.file_no for own in offered.values() for match in own}
        own["accused"] = len(_accused(data, matches, offered))
        for row, match in zip(data.rows, matches, strict=True):
            right = row.household_id in match.household_ids
            own["rows"] += 1
            own["true"] += row.household_id is not None
            own["can be linked"] += row.can_be_linked
            own["certain"] += match.certain
            own["right"] += match.certain and right
            own["sent"] += bool(match.household_ids) and not match.certain
            own["shown"] += not match.certain and (bool(match.household_ids) or match.record.file_no in shown)
            own["can be certain"] += row.can_be_linked and (
                options.certain_without_number or row.kinds["number"] != "missing"
            )
            own["reached"] += right
            own["reached and can be"] += right and row.can_be_linked
        lowest = min(lowest, own["right"] / own["certain"])
        counts += own
    shares = " | ".join(
        f"{share:.4f}"
        for share in (
            counts["right"] / counts["certain"],
            lowest,
            counts["right"] / counts["true"],
            counts["can be certain"] / counts["true"],
            counts["reached"] / counts["true"],
            counts["reached and can be"] / counts["can be linked"],
            counts["sent"] / counts["rows"],
            counts["shown"] / counts["rows"],
        )
    )
    return f"{shares} | {counts['accused']} of {counts['can be linked']:,}"


def _accused(
    data: Noisy, matches: Sequence[Match[LedgerEntry]], offered: Mapping[str, Sequence[Match[LedgerEntry]]]
) -> list[Row]:
    """Give the rows whose household is neither led to by any row nor shown this one as a last trace."""
    led_to = {number for match in matches for number in match.household_ids}
    shown = {(number, match.record.file_no) for number, own in offered.items() for match in own}
    linkable = (row for row in data.rows if row.can_be_linked and row.household_id not in led_to)
    return [row for row in linkable if (row.household_id, row.entry.file_no) not in shown]


def _linked(data: Noisy) -> Sequence[Match[LedgerEntry]]:
    return link([row.entry for row in data.rows], data.households)


# ------------------------------------------------------------------------------------------------ kinds of damage


def _by_damage(seeds: Sequence[int], level: str = "realistic") -> Iterator[str]:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for seed in seeds:
        data = noisy(seed, level)
        for row, match in zip(data.rows, _linked(data), strict=True):
            right = row.household_id in match.household_ids
            for field, kind in row.kinds.items():
                if field == "subject" or row.can_be_linked:
                    own = counts[field, kind]
                    own["rows"] += 1
                    own["certain"] += match.certain
                    own["right"] += match.certain and right
                    own["reached"] += right
    yield f"### By kind of damage, {level}"
    yield ""
    yield "| what | kind | rows | precision of the certain | recall of the certain | certain or offered |"
    yield "|---|---|---|---|---|---|"
    for (field, kind), own in sorted(counts.items()):
        precision = f"{own['right'] / own['certain']:.4f}" if own["certain"] else "–"
        nobody = kind == "stranger"
        shares = ["–" if nobody else f"{own[name] / own['rows']:.3f}" for name in ("right", "reached")]
        yield f"| {field} | {kind} | {own['rows']} | {precision} | {shares[0]} | {shares[1]} |"
    yield ""


# ------------------------------------------------------------------------------------------------ calibration


_STEPS = (0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 0.995, 1.0)


def _calibration(seeds: Sequence[int]) -> Iterator[str]:
    """Compare how likely the first household is said to be with how often it is the right one."""
    yield "### What a probability is worth"
    yield ""
    yield "Rows that no readable number settles, by the probability of their first household."
    yield ""
    yield "| noise | " + " | ".join(f"{low:g}–{high:g}" for low, high in pairwise(_STEPS)) + " |"
    yield "|---" * len(_STEPS) + "|"
    for level in LEVELS:
        steps: list[list[bool]] = [[] for _ in _STEPS[1:]]
        for seed in seeds:
            data = noisy(seed, level)
            for row, match in zip(data.rows, _linked(data), strict=True):
                if match.household_ids and match.evidence and not {"number", "member-number"} & set(match.reasons):
                    at = bisect_right(_STEPS, match.evidence[0].probability, hi=len(_STEPS) - 1)
                    steps[at - 1].append(match.household_ids[0] == row.household_id)
        shares = (f"{sum(own) / len(own):.2f} ({len(own)})" if own else "–" for own in steps)
        yield f"| {level} | {' | '.join(shares)} |"
    yield ""


# ------------------------------------------------------------------------------------------------ size


def _scale(sizes: Sequence[int]) -> Iterator[str]:
    yield "### By size, realistic"
    yield ""
    yield (
        "| counties | ledger rows | persons | index, CPU s | link, CPU s | µs a row | last traces, CPU s | precision | "
        "recall | accused though their row is there |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for counties in sizes:
        data = noisy(FIRST_SEED, counties=counties, linked=0.9)
        persons = sum(len(household.members) for household in data.households)
        register, indexing = _timed(lambda data=data: Register.of(data.households))
        rows = [row.entry for row in data.rows]
        matches, linking = _timed(lambda rows=rows, register=register: register.link(rows))
        offered, tracing = _timed(lambda matches=matches, register=register: traces(matches, register))
        certain = [(row, match) for row, match in zip(data.rows, matches, strict=True) if match.certain]
        right = sum(row.household_id in match.household_ids for row, match in certain)
        true = sum(row.household_id is not None for row in data.rows)
        yield (
            f"| {counties} | {len(data.rows):,} | {persons:,} | {indexing:.2f} | {linking:.2f} | "
            f"{(indexing + linking) / len(data.rows) * 1e6:.0f} | {tracing:.2f} | {right / len(certain):.5f} | "
            f"{right / true:.4f} | {len(_accused(data, matches, offered))} |"
        )


if __name__ == "__main__":
    main()
