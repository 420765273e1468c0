"""What offices type wrongly: in the app's record, on the roster, in the ledgers, on the appraisal list."""

from datetime import date, timedelta

from housing_guarantee.demo.county import House, ledger_row
from housing_guarantee.demo.fault import (
    ACCOMMODATED,
    APPRAISED,
    RENOVATED,
    Faults,
    Site,
    in_ledger,
    in_no_old_book,
    in_workbook,
    is_type,
)
from housing_guarantee.demo.people import identity_number

__all__ = ["NOTICES", "fault"]

NOTICES = ("ledger.not-checkable",)
"""What is said of households that are in order."""

fault = Faults()


# ------------------------------------------------------------------------------------------------ intake, roster

fault.cell("intake.row-unreadable", "grade", "E级", where=is_type(APPRAISED))
fault.cell("intake.row-unreadable", "verified_on", "2020年13月", copies=1)
fault.cell("roster.household-not-verified", "status", "未核验", "not_verified", source="roster", copies=1)
fault.cell("roster.member-not-covered", "household_size", 19)


@fault("intake.id-damaged", where=lambda h: in_workbook(h) and not h.head.number.endswith("X"), field="id_number")
def id_damaged(house: House, site: Site) -> None:
    """The app's workbook holds the number as a number."""
    house.record["id_number"] = int(house.head.number)


@fault("roster.household-not-verified", "not_verified", source="roster")
def not_verified(house: House, site: Site) -> None:
    """The app has no record of the household."""
    house.recorded = False


@fault("roster.verified-twice", "contradicted", where=is_type(APPRAISED), copies=1)
def verified_twice(house: House, site: Site) -> None:
    """Two records of one household say different things."""
    house.more_records.append(
        house.record
        | {
            "guarantee_type": "保障安全",
            "guarantee_detail": "投亲靠友",
            "verified_on": house.record["verified_on"] - timedelta(hours=1),
        }
    )


@fault("roster.verified-twice", "proved", copies=1)
def verified_again(house: House, site: Site) -> None:
    """The same record was sent twice."""
    house.more_records.append(dict(house.record))


@fault("roster.other-village", "contradicted", field="village")
def other_village(house: House, site: Site) -> None:
    """Filed under another village of the township."""
    house.record["village"] = "东让村" if house.village.name != "东让村" else "德茫村"


@fault("roster.listed-twice", "proved", where=lambda h: h.listed_by_person, source="roster")
def listed_twice(house: House, site: Site) -> None:
    """The last person of the household stands on the roster twice."""
    house.repeated = True


# ------------------------------------------------------------------------------------------------ identity


@fault("identity.number-invalid", field="id_number")
def number_invalid(house: House, site: Site) -> None:
    """One digit of the number is wrong, and the check digit tells."""
    number = house.head.number
    house.record["id_number"] = number[:12] + str((int(number[12]) + 1) % 10) + number[13:]


@fault("identity.number-differs", "contradicted", field="id_number")
def number_differs(house: House, site: Site) -> None:
    """The record bears a right number of nobody."""
    house.record["id_number"] = identity_number(site.random.randrange(499), date(1920, 1, 1), male=True)
    house.record["head_name"] = house.head.name


@fault("identity.name-differs", "proved", field="head_name")
def name_differs(house: House, site: Site) -> None:
    """The record bears another name with the right number."""
    house.record["head_name"] = "欧阳丹青"


@fault(
    "identity.number-shared",
    "contradicted",
    where=lambda h: h.listed_by_person and len(h.people) > 2,
    source="roster",
    pair=True,
    also=("roster.member-not-covered",),
    copies=1,
)
def number_shared(house: House, site: Site) -> None:
    """A member's number stands with a member of another household too."""
    house.people[-1].typed = site.other.people[-1].number


@fault("identity.head-changed", "proved", where=lambda h: h.listed_by_person and len(h.people) > 2, field="head_name")
def head_changed(house: House, site: Site) -> None:
    """The record names the spouse as head."""
    house.record |= {"head_name": house.people[1].name, "id_number": house.people[1].number}


# ------------------------------------------------------------------------------------------------ the three types

fault.cell("guarantee.type-missing", "guarantee_type", "")
fault.cell("guarantee.type-ambiguous", "guarantee_type", "鉴定安全/改造安全", where=is_type(APPRAISED))
fault.cell("guarantee.type-ambiguous", "guarantee_type", "安全", where=is_type(APPRAISED), copies=1)
fault.cell("guarantee.type-changed", "type_changed", "是", "proved")
fault.cell("guarantee.not-current-dwelling", "is_current_dwelling", "否", "contradicted")
fault.cell("guarantee.not-visited", "visited", "否")
fault.cell("appraised.grade-missing", "grade", "", where=is_type(APPRAISED))
fault.cell("appraised.belongs-to-renovated", "policy_year", "2017", "contradicted", where=is_type(APPRAISED))
fault.cell("appraised.dated-after-verification", "appraised_on", "2020-06-25", "proved", where=is_type(APPRAISED))
MOVED = ("photo-gps.outside-township",)  # who may have been moved to the county seat, and is no longer known to be
fault.cell("renovated.programme-missing", "programme", "", where=is_type(RENOVATED), also=MOVED)
fault.cell("renovated.programme-unknown", "programme", "其他政策", where=is_type(RENOVATED), also=MOVED)
fault.cell("renovated.year-missing", "policy_year", "", where=is_type(RENOVATED))
fault.cell("accommodated.method-missing", "guarantee_detail", "", where=is_type(ACCOMMODATED))
fault.cell("accommodated.method-unknown", "guarantee_detail", "自有住房", where=is_type(ACCOMMODATED))
fault.cell("accommodated.lease-expired", "lease_until", "2020-01-31", where=is_type(ACCOMMODATED))


@fault("appraised.grade-unsafe", "contradicted", where=is_type(APPRAISED), field="grade", copies=3)
def grade_unsafe(house: House, site: Site) -> None:
    """The record and the appraisal list agree on a grade that is not safe."""
    grade = ("C级", "D级", "无房")[len([1 for h in site.county.houses if "appraised.grade-unsafe" in h.planted]) % 3]
    house.record["grade"] = grade
    if house.appraisal:
        house.appraisal["grade"] = grade


@fault("appraised.grade-differs", "contradicted", where=is_type(APPRAISED), source="appraisal", field="grade")
def grade_differs(house: House, site: Site) -> None:
    """The appraisal list says C."""
    if house.appraisal:
        house.appraisal["grade"] = "C级（局部危房）"


@fault("appraised.not-on-appraisal-list", where=is_type(APPRAISED))
def not_on_appraisal_list(house: House, site: Site) -> None:
    """The appraisal list does not hold the household."""
    house.appraisal = None


@fault("renovated.before-policy-year", "contradicted", where=in_no_old_book, field="policy_year")
def before_policy_year(house: House, site: Site) -> None:
    """Renovated in 2014, and rightly in no ledger of the later years."""
    house.record["policy_year"] = "2014"
    house.ledger.clear()


@fault("renovated.after-verification", "contradicted", where=in_no_old_book, field="policy_year")
def after_verification(house: House, site: Site) -> None:
    """Said to be finished two months after the visit."""
    house.record["policy_year"] = "2020年8月"
    house.ledger.clear()


@fault("renovated.not-completed", where=in_ledger, source="ledger", field="progress")
def not_completed(house: House, site: Site) -> None:
    """The ledger says that the works, or the move, are not done."""
    house.ledger[0] |= {
        "progress": "在建" if house.ledger[0]["book"] == "农村危房改造" else "否",
        "completed_on": "",
        "accepted_on": "",
    }


# ------------------------------------------------------------------------------------------------ ledger


@fault("ledger.entry-missing", where=in_ledger)
def entry_missing(house: House, site: Site) -> None:
    """No ledger holds the household."""
    house.ledger.clear()


@fault("ledger.entry-missing", where=in_ledger)
def former_head(house: House, site: Site) -> None:
    """The ledger has the house under a former head, who died and whom no roster of today names."""
    number = identity_number(site.random.randrange(499), date(1919, 1, 1), male=True)
    house.ledger[0] |= {"head_name": "欧阳丹青", "id_number": number}


@fault("ledger.year-differs", "contradicted", where=in_ledger, source="ledger", field="year")
def year_differs(house: House, site: Site) -> None:
    """The ledger's year is one off."""
    year = int(house.ledger[0]["year"])
    house.ledger[0]["year"] = str(year - 1 if year > 2016 else 2017)


@fault("ledger.programme-differs", "contradicted", where=in_ledger, also=MOVED, field="programme")
def programme_differs(house: House, site: Site) -> None:
    """Recorded under the other of the two programmes."""
    programme = house.record["programme"]
    house.record["programme"] = "农村危房改造" if programme == "易地扶贫搬迁" else "易地扶贫搬迁"


@fault("ledger.type-disagrees", "contradicted", where=is_type(APPRAISED))
def type_disagrees(house: House, site: Site) -> None:
    """Appraised safe, yet in the renovation ledger of 2017."""
    house.ledger.append(ledger_row(house, "农村危房改造", 2017, site.random))


@fault("ledger.type-disagrees", "proved", where=is_type(ACCOMMODATED), copies=1)
def accommodated_in_ledger(house: House, site: Site) -> None:
    """Accommodated, and in the renovation ledger: public rental was paid from it too."""
    house.ledger.append(ledger_row(house, "农村危房改造", 2017, site.random))


@fault("ledger.match-uncertain", where=in_ledger, source="ledger", field="id_number")
def match_uncertain(house: House, site: Site) -> None:
    """The ledger row has the name and the village, and no number."""
    house.ledger[0]["id_number"] = ""


@fault("ledger.match-uncertain", where=in_ledger, source="ledger", field="id_number")
def number_shown_short(house: House, site: Site) -> None:
    """The number's cell was copied as it is shown, of which six digits are left."""
    number = house.head.number
    house.ledger[0]["id_number"] = f"{number[0]}.{number[1:6]}E+17"


@fault("ledger.entry-used-twice", "contradicted", where=in_ledger, also=MOVED, source="ledger", pair=True, copies=1)
def entry_used_twice(house: House, site: Site) -> None:
    """A person confirmed one ledger row for two households."""
    other = site.other
    other.record |= {"programme": house.record["programme"], "policy_year": house.ledger[0]["year"]}
    other.ledger.clear()
    for number in (house.household_id, other.household_id):
        site.county.links.append(
            {"book": house.ledger[0]["book"], "file_no": house.ledger[0]["file_no"], "household_id": number}
        )


@fault("ledger.subsidised-twice", "proved", where=in_ledger, source="ledger")
def subsidised_twice(house: House, site: Site) -> None:
    """The household stands in both ledgers, each time agreeing in the year."""
    programme = "农村危房改造" if house.ledger[0]["book"] == "易地扶贫搬迁" else "易地扶贫搬迁"
    year = int(house.ledger[0]["year"])
    house.ledger.append(ledger_row(house, programme, year, site.random))


# ------------------------------------------------------------------------------------------------ safety

fault.cell("safety.answer-missing", "became_dangerous", "")
fault.cell("safety.unsafe", "is_safe", "否", "contradicted", copies=1)
fault.cell("safety.unsafe", "became_dangerous", "是", "contradicted", copies=1)


@fault("safety.problem-open", field="problems")
def problem_open(house: House, site: Site) -> None:
    """A problem is written down, and not rectified."""
    house.record |= {"problems": "院墙未硬化", "rectify_status": "未整改"}


@fault("safety.hazard-denied", "contradicted", also=("safety.problem-open", "safety.problem-overdue"), field="problems")
def hazard_denied(house: House, site: Site) -> None:
    """A crack in a bearing wall is written down, and the house called safe."""
    house.record |= {"problems": "承重墙有裂缝", "rectify_status": "未整改"}


@fault("safety.rectified-without-proof", "proved", field="rectify_status")
def rectified_without_proof(house: House, site: Site) -> None:
    """Said to be rectified, and nothing shows it."""
    house.record |= {"problems": "院墙未硬化", "rectify_status": "已整改", "rectification": "", "rectified_on": ""}


# ------------------------------------------------------------------------------------------------ schedule

fault.cell("schedule.outside-window", "verified_on", "2020-06-08", "proved")
fault.cell(
    "schedule.in-the-future",
    "verified_on",
    "2020-06-20 10:00",
    also=("schedule.recorded-before-visit", "photo-gps.taken-outside-window"),
)
fault.cell("schedule.recorder-role", "recorder_role", "村主任", "proved")


@fault("schedule.recorded-before-visit", "proved", field="recorded_on")
def recorded_before_visit(house: House, site: Site) -> None:
    """Entered a day before the visit."""
    house.record["recorded_on"] = house.record["verified_on"] - timedelta(days=1)
