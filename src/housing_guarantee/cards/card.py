"""One household's card: what its verdict rests on, clause by clause, and what is missing, in as much as a page holds.

Where a page cannot hold everything, it says how much more there is: nothing is cut off in silence.
"""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from unicodedata import category, east_asian_width

from attrs import frozen

from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.data import read_toml
from housing_guarantee.findings import Finding, HouseholdResult, RequirementResult, State
from housing_guarantee.render import MARKS
from housing_guarantee.report import Result

__all__ = ["Cards", "photo_of"]

LINES = 37
"""Of 4.5 mm, which are left on the page between the photo and the signatures."""
WIDTH = 118
"""Columns of a line; a Chinese character takes two."""
_SHARES = ((4, 8), (2, 6), (1, 5), (0, 4), (0, 1))
"""Proofs of a requirement and findings that are shown, from the most that a page may hold to the least."""


def photo_of(casefile: CaseFile) -> PhotoEvidence | None:
    """Give the photo that stands for the house: the first that could be opened, of the app, the system, the archive."""
    everything = (*casefile.photos, *casefile.front_photos, *casefile.archive_photos)
    return next((one for one in everything if one.photo and not one.photo.problem), None)


@frozen
class _Line:
    """A line of text, and how it is set."""

    text: str
    kind: str = ""
    before: str = ""

    def html(self) -> str:
        """Give its markup."""
        return f'<li class="line {self.kind}">{self.before}{escape(_clipped(self.text))}</li>'


class Cards:
    """Makes the cards of a run."""

    def __init__(self, result: Result) -> None:
        self._result, self._words = result, result.public
        self._own = {name: words[result.language] for name, words in read_toml("cards.toml").items()}
        self._findings: dict[str, list[Finding]] = {}
        for finding in result.findings:
            if finding.household_id:
                self._findings.setdefault(finding.household_id, []).append(finding)

    def card(self, household: HouseholdResult, pictures: Mapping[str, bytes]) -> str:
        """Give the markup of a household's card.

        :param pictures: small JPEGs of the photos that can be shown, by the photo's digest
        """
        own = self._own
        casefile = self._result.survey.by_id[household.household_id]
        mask = own["unmasked" if self._result.unmask else "masked"]
        body = "".join(line.html() for line in self._fitting(household))
        label = escape(f"{own['title']} {self._id(household)}", quote=True)
        return (
            f'<article class="card" aria-label="{label}"><h1>{escape(own["title"])}</h1>'
            f'<p class="note line">{escape(_clipped(self._run()))}</p><p class="note">{escape(mask)}</p>'
            f'<div class="top">{self._facts(household, casefile)}{self._figure(casefile, pictures)}</div>'
            f"<ul>{body}</ul>{self._end()}</article>\n"
        )

    def _id(self, household: HouseholdResult) -> str:
        return self._words.text("household_id", household.household_id)

    def _run(self) -> str:
        manifest = self._result.manifest
        words: str = self._own["run"]
        return words.format(
            campaign=self._result.campaign.name,
            as_of=self._result.as_of.strftime("%Y-%m-%d %H:%M"),
            version=manifest["versions"]["housing-guarantee"],
            rule_set=manifest["rule_set"][:12],
        )

    # -------------------------------------------------------------------------------------------- facts and photo

    def _facts(self, household: HouseholdResult, casefile: CaseFile) -> str:
        words, own = self._words, self._own
        kind = words.domain(household.guarantee_type) if household.guarantee_type else "-"
        verdict = words.term(household.verdict.value) + (own["with_waiver"] if household.waived else "")
        rows = [
            ("household", self._id(household), ""),
            ("head", words.text("name", household.name), ""),
            ("place", f"{household.place.township} {household.place.village}".strip(), ""),
            ("size", words.text("household_size", casefile.household.size), ""),
            ("type", kind, ""),
            ("verdict", verdict, f"verdict {household.verdict.value}"),
        ]
        if casefile.verifications:
            record = casefile.record
            rows.append(("verified", words.text("verified_on", record.verified_on), ""))
            rows.append(("by", words.text("recorder", record.recorder), ""))
        pairs = (
            f'<dt>{escape(own[name])}</dt><dd class="{kind}">{escape(_clipped(text))}</dd>' for name, text, kind in rows
        )
        return f'<dl class="facts">{"".join(pairs)}</dl>'

    def _figure(self, casefile: CaseFile, pictures: Mapping[str, bytes]) -> str:
        own, evidence = self._own, photo_of(casefile)
        if evidence is None or evidence.photo is None:
            return f'<figure><span class="empty">{escape(own["no_photo"])}</span></figure>'
        photo, name = evidence.photo, self._words.file(evidence.name)
        place = self._words.text("position", photo.position) if photo.position else own["no_position"]
        lines = [name, f"{own['position']}: {place}"]
        if photo.taken_at:
            lines.append(f"{own['taken']}: {photo.taken_at:%Y-%m-%d %H:%M}")
        more = sum(len(some) for some in (casefile.photos, casefile.front_photos, casefile.archive_photos)) - 1
        if more:
            lines.append(own["more_photos"].format(count=more))
        shown = f'<span class="empty">{escape(own["not_shown"])}</span>'
        if picture := pictures.get(photo.digest):
            data = base64.b64encode(picture).decode("ascii")
            shown = f'<img alt="{escape(own["photo"], quote=True)}" src="data:image/jpeg;base64,{data}">'
        caption = "".join(f'<span class="line">{escape(_clipped(line))}</span>' for line in lines)
        return f"<figure>{shown}<figcaption>{caption}</figcaption></figure>"

    # -------------------------------------------------------------------------------------------- lines

    def _fitting(self, household: HouseholdResult) -> Sequence[_Line]:
        """Give the lines: as many proofs and findings as the page holds, and how many more there are."""
        findings = self._findings.get(household.household_id, [])
        lines: list[_Line] = []
        for proofs, most in _SHARES:
            lines = [*self._requirements(household, proofs), *self._problems(household, findings, most)]
            if len(lines) <= LINES:
                break
        return lines

    def _requirements(self, household: HouseholdResult, most: int) -> list[_Line]:
        lines = [_Line(self._own["requirements"], "head")]
        for link in household.requirements:
            clause = f'<span class="clause">{escape(link.requirement.clause)}</span>'
            mark = f'<span class="mark">{MARKS[link.state]}</span>{clause}'
            lines.append(_Line(self._words.requirement(link), _kind(link), mark))
            cells = link.evidence
            lines += [_Line(self._words.cell(cell), "proof") for cell in cells[:most]]
            if len(cells) > most:
                lines.append(_Line(self._own["more_proofs"].format(count=len(cells) - most), "proof"))
        return lines

    def _problems(self, household: HouseholdResult, findings: Sequence[Finding], most: int) -> list[_Line]:
        own, words = self._own, self._words
        lines = [_Line(own["findings"] if findings else own["no_findings"], "head")]
        for finding in findings[:most]:
            lines.append(
                _Line(
                    f"{words.term(finding.severity.value)} {finding.code} [{finding.clause}] {words.message(finding)}"
                )
            )
            lines.append(_Line(f"→ {words.by(finding)}: {words.fix(finding)}", "proof"))
        if rest := findings[most:]:
            codes = "、".join(dict.fromkeys(finding.code for finding in rest))
            lines.append(_Line(f"{own['more_findings'].format(count=len(rest))} {codes}"))
        if household.unjudged:
            lines.append(_Line(f"{own['not_judged']} {'、'.join(sorted(household.unjudged))}"))
        return lines

    def _end(self) -> str:
        signs = ("sign_verifier", "sign_household", "sign_village", "sign_date")
        places = "".join(f"<span>{escape(self._own[name])}：</span>" for name in signs)
        return f'<div class="end"><div class="signs">{places}</div></div>'


def _kind(link: RequirementResult) -> str:
    return "unmet" if link.state in (State.UNMET, State.COULD_NOT_CHECK) else ""


def _clipped(text: str) -> str:
    """Cut a text to what a line holds, visibly; what would turn it round or break it is taken out."""
    width, kept = 0, list[str]()
    for character in text:
        if category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
            continue
        width += 2 if east_asian_width(character) in "WFA" else 1
        if width > WIDTH:
            return "".join(kept).rstrip() + "…"
        kept.append(character)
    return "".join(kept)
