"""Ways to say which ledger row is which household, each given the same cleaned columns.

A contender takes a ledger with known truth and answers for each row with a household and a score, or with None. Others
than ours get numbers and names normalised by the package, the key of a name's renderings, and what is left of a number.
"""

import logging
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from housing_guarantee.demo.noise import Noisy
from housing_guarantee.linkage.identity import Digits
from housing_guarantee.linkage.match import Match, link
from housing_guarantee.linkage.names import builtin, normalise_name
from housing_guarantee.linkage.places import village_key
from housing_guarantee.models import IdKind, IdNumber, LedgerEntry, Place

Answer = tuple[str, float] | None
Contender = Callable[[Noisy], Sequence[Answer]]


def score(match: Match[LedgerEntry]) -> Answer:
    """Give a match's first household and how likely it is."""
    if not match.household_ids:
        return None
    return match.household_ids[0], 1.0 if match.certain else match.evidence[0].probability


def ours(data: Noisy) -> Sequence[Answer]:
    """Link as the package does."""
    return [score(match) for match in link([row.entry for row in data.rows], data.households)]


def exact(data: Noisy) -> Sequence[Answer]:
    """Join on readable numbers in any form, of any member."""
    holders = {
        person.id_number.core: household.household_id
        for household in data.households
        for person in household.members
        if person.id_number and person.id_number.core
    }
    cores = [row.entry.id_number.core if row.entry.id_number else None for row in data.rows]
    return [(holders[core], 1.0) if core in holders else None for core in cores]


def rapidfuzz(data: Noisy) -> Sequence[Answer]:
    """Join on readable numbers; else take the most similar name of the village."""
    from rapidfuzz import fuzz, process

    by_village: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    for household in data.households:
        for person in household.members:
            by_village[village_key(household.place)].append((normalise_name(person.name or ""), household.household_id))
    answers: list[Answer] = []
    for row, joined in zip(data.rows, exact(data), strict=True):
        people = by_village.get(village_key(row.entry.place), [])
        name = normalise_name(row.entry.head_name or "")
        best = process.extractOne(name, [name for name, _ in people], scorer=fuzz.ratio) if people else None
        readable = row.entry.id_number and row.entry.id_number.core
        answers.append(joined or ((people[best[2]][1], best[1] / 101) if best and not readable else None))
    return answers


# ------------------------------------------------------------------------------------------------ tables


def _columns(number: IdNumber | None, name: str | None, place: Place) -> dict[str, Any]:
    digits = Digits.of(number) if number else None
    text = digits.text if digits else None
    township, village = village_key(place)
    written = normalise_name(name or "")
    whole = text is not None and len(text) == 18 and "*" not in text
    return {
        "core": digits.core if digits else None,
        "whole": text if whole else None,
        "day": text[:14] if text and len(text) >= 17 and "*" not in text[:14] else None,
        "tail": text[-4:] if text and len(text) >= 17 and "*" not in text[-4:] else None,
        "end": text[-8:] if text and len(text) >= 17 and "*" not in text[-8:] else None,
        "kind": digits.kind.value if digits else None,
        "name": written or None,
        "key": "/".join(builtin().key(written)) or None,
        "sound": "/".join(builtin().sound_key(written)) or None,
        "township": township or None,
        "village": village or None,
    }


def _tables(data: Noisy) -> tuple[Any, Any]:
    import pandas

    rows = [
        {"unique_id": f"r{at}", "head": -1, **_columns(row.entry.id_number, row.entry.head_name, row.entry.place)}
        for at, row in enumerate(data.rows)
    ]
    people = [
        {
            "unique_id": f"{household.household_id}/{at}",
            "head": int(person.is_head),
            **_columns(person.id_number, person.name, household.place),
        }
        for household in data.households
        for at, person in enumerate(household.members)
    ]
    return pandas.DataFrame(rows).astype(object), pandas.DataFrame(people).astype(object)


def _best(pairs: Any, count: int) -> list[Answer]:
    """Give each row the household of its best pair."""
    answers: list[Answer] = [None] * count
    for row, person, chance in pairs:
        at, household = int(row[1:]), person.partition("/")[0]
        best = answers[at]
        if best is None or (chance, household) > (best[1], best[0]):
            answers[at] = (household, float(chance))
    return answers


# ------------------------------------------------------------------------------------------------ Splink


def splink(data: Noisy) -> Sequence[Answer]:
    """Link persons with Splink: custom levels of the number, term frequencies of names, trained on the data."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    database = DuckDBAPI()
    rows, people = (database.register(table) for table in _tables(data))
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=_comparisons(),
        blocking_rules_to_generate_predictions=[
            block_on("core"),
            block_on("day"),
            block_on("end"),
            block_on("tail", "township"),
            block_on("township", "sound"),
            block_on("village", "sound"),
        ],
        retain_matching_columns=False,
    )
    linker = Linker([rows, people], settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match([block_on("core")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
    for rule in (block_on("core"), block_on("township", "village", "name")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.01).as_record_list()
    pairs = (
        (one["unique_id_l"], one["unique_id_r"], one["match_probability"])
        if one["unique_id_l"].startswith("r")
        else (one["unique_id_r"], one["unique_id_l"], one["match_probability"])
        for one in found
    )
    return _best(pairs, len(data.rows))


def _comparisons() -> list[Any]:
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons

    invalid, masked, damaged = (f"'{kind.value}'" for kind in (IdKind.INVALID, IdKind.MASKED, IdKind.DAMAGED))
    number = [
        levels.CustomLevel("kind_l IS NULL OR kind_r IS NULL", "missing").configure(is_null_level=True),
        levels.CustomLevel("core_l = core_r", "same"),
        levels.CustomLevel("core_l IS NOT NULL AND core_r IS NOT NULL", "both valid and different"),
        levels.CustomLevel(
            f"{invalid} IN (kind_l, kind_r) AND damerau_levenshtein(whole_l, whole_r) <= 1", "one edit, one invalid"
        ),
        levels.CustomLevel(f"{damaged} IN (kind_l, kind_r) AND day_l = day_r", "what a spreadsheet left agrees"),
        levels.CustomLevel(f"{masked} IN (kind_l, kind_r) AND tail_l = tail_r", "what a mask left agrees"),
        levels.ElseLevel(),
    ]
    name = [
        levels.NullLevel("name"),
        levels.ExactMatchLevel("name", term_frequency_adjustments=True),
        levels.ExactMatchLevel("key", term_frequency_adjustments=True),
        levels.ExactMatchLevel("sound", term_frequency_adjustments=True),
        levels.JaroWinklerLevel("name", 0.8),
        levels.ElseLevel(),
    ]
    place = [
        levels.NullLevel("village"),
        levels.And(levels.ExactMatchLevel("village"), levels.ExactMatchLevel("township")),
        levels.ExactMatchLevel("township"),
        levels.ElseLevel(),
    ]
    head = [levels.CustomLevel("head_l = 1 OR head_r = 1", "the head"), levels.ElseLevel()]
    return [
        comparisons.CustomComparison(number, output_column_name="number"),
        comparisons.CustomComparison(name, output_column_name="name"),
        comparisons.CustomComparison(place, output_column_name="place"),
        comparisons.CustomComparison(head, output_column_name="head"),
    ]


# ------------------------------------------------------------------------------------------------ recordlinkage


def recordlinkage(data: Noisy) -> Sequence[Answer]:
    """Link persons with the Python Record Linkage Toolkit and its unsupervised classifier (ECM)."""
    import recordlinkage as toolkit

    rows, people = (table.set_index("unique_id") for table in _tables(data))
    index = toolkit.Index()
    for columns in (["core"], ["day"], ["end"], ["township", "sound"], ["village", "sound"]):
        index.block(columns)
    pairs = index.index(rows, people)
    compare = toolkit.Compare()
    compare.exact("core", "core", label="core")
    compare.exact("day", "day", label="day")
    compare.exact("tail", "tail", label="tail")
    compare.exact("name", "name", label="name")
    compare.exact("key", "key", label="key")
    compare.exact("village", "village", label="village")
    compare.exact("township", "township", label="township")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        features = compare.compute(pairs, rows, people)
        people["is_head"] = people["head"] == 1
        features["head"] = people["is_head"].reindex(features.index.get_level_values(1)).astype(int).to_numpy()
        classifier = toolkit.ECMClassifier(binarize=0.5)
        classifier.fit(features)
        chances = classifier.prob(features)
    return _best(((row, person, chance) for (row, person), chance in chances.items()), len(data.rows))


CONTENDERS: dict[str, Contender] = {
    "exact number, any member": exact,
    "rapidfuzz within the village": rapidfuzz,
    "recordlinkage (ECM)": recordlinkage,
    "Splink": splink,
    "this package": ours,
}
