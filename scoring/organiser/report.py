"""Reports on organisation: of one check point, and the general one of the district. Pure.

What organisers entered, beside what the ledger noted itself of packets; where the two differ, it is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.i18n import translator
from crosscheck.numbering import packet_code
from crosscheck.procedure import Procedure
from crosscheck.report import Band, Cell, Report, Row, Table, Text, Whole, Withheld
from scoring.organiser.checking import in_progress
from scoring.organiser.layout import PROGRESS, ROLES, SEES, YES_NO, Choice, Clock, Count, Packets, Topic, section_of
from scoring.organiser.reading import At, Said
from scoring.origins import in_column, told, traced

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class PointSeen:
    """A check point: experts who are registered there, packets given out, back and lost as they were noted one by one
    (`crosscheck custody`), and what its organiser entered. names: of observers by sealed record; None: not opened."""

    point: str
    experts: int
    out: int
    back: int
    lost: int
    entries: Mapping[At, Said]
    names: Mapping[str, str] | None

    def of(self, topic: Topic) -> list[Said]:
        return [said for at, said in self.entries.items() if at.topic is topic]

    def progress(self, field: str) -> str:
        """An answer about progress, or nothing."""
        return self.entries.get(At(Topic.PROGRESS, field), {}).get("value", "")


def point_report(procedure: Procedure, seen: PointSeen) -> Report:
    """On one check point, for its organiser and the methodist."""
    _ = translator(procedure.language)
    return Report(
        _("Report on the organisation of the check: {point}").format(point=seen.point),
        (procedure.title, *_missing([seen], _)),
        (
            _progress_table(seen, _),
            _observers_table([seen], _, with_points=False),
            _counted(procedure, [seen], _),
            _told_difficulties(procedure, [seen], _, with_points=False),
            _incidents(procedure, [seen], _, with_points=False),
        ),
        procedure.language,
    )


def district_report(procedure: Procedure, points: Sequence[PointSeen]) -> Report:
    """The general report of the district."""
    _ = translator(procedure.language)
    return Report(
        _("General report on the organisation of the check"),
        (procedure.title, *_missing(points, _)),
        (
            _points_table(points, _),
            _counted(procedure, points, _),
            _told_difficulties(procedure, points, _, with_points=True),
            _incidents(procedure, points, _, with_points=True),
            _observers_table(points, _, with_points=True),
        ),
        procedure.language,
    )


def _missing(points: Sequence[PointSeen], _: Words) -> tuple[str, ...]:
    """What keeps the report from being whole."""
    silent = [seen.point for seen in points if not seen.entries]
    lines = [_("No report came from: {points}.").format(points=", ".join(silent))] if silent else []
    without = sum(said.get("consent") == "no" for seen in points for said in seen.of(Topic.OBSERVER))
    if without:
        lines.append(_("Observers without a signed consent: {n}.").format(n=without))
    lines += [line for seen in points for line in (*_differing(seen, _), *_odd(seen, _))]
    return tuple(lines)


def _odd(seen: PointSeen, _: Words) -> list[str]:
    """What can't be true together, though it came from different hands, and what is possible and must be explained."""
    said = {at.place: one["value"] for at, one in seen.entries.items() if at.topic is Topic.PROGRESS}
    lines = [f"{seen.point}: {_(one.field.title)}: {one.found}; {one.allowed(_)}." for one in in_progress(said)]
    came, observers = said.get("experts", ""), len(seen.of(Topic.OBSERVER))
    if came and int(came) > seen.experts:
        told = _("{point}: {came} experts came, {listed} are listed there.")
        lines.append(told.format(point=seen.point, came=came, listed=seen.experts))
    if came and observers > int(came):
        told = _("{point}: {observers} observers at {came} experts.")
        lines.append(told.format(point=seen.point, observers=observers, came=came))
    if said.get("briefed", "") > said.get("handed_out", "24"):
        lines.append(_("{point}: packets were handed out before experts were briefed.").format(point=seen.point))
    began, ended = said.get("began", ""), said.get("ended", "24")
    for time in sorted(one["time"] for one in seen.of(Topic.INCIDENT) if not began <= one["time"] <= ended):
        told = _("{point}: an incident at {time}, outside of the check.")
        lines.append(told.format(point=seen.point, time=time))
    return lines


def _differing(seen: PointSeen, _: Words) -> list[str]:
    """Counts that say something else than what was noted packet by packet."""
    noted = {"packets_out": seen.out, "packets_back": seen.back}
    found = []
    for name, number in noted.items():
        field = PROGRESS.field(name)
        entered = seen.progress(name)
        if field is not None and entered and int(entered) != number:
            said = _("{point}: {what}: entered {entered}, noted one by one {noted}.")
            found.append(said.format(point=seen.point, what=_(field.title), entered=entered, noted=number))
    return found


# --- tables --------------------------------------------------------------------------------------


def _progress_table(seen: PointSeen, _: Words) -> Table:
    rows: list[Row] = []
    for field in PROGRESS.fields:
        said = seen.progress(field.name)
        rows.append((Text(_(field.title)), _cell(said, field.kind, _)))
    rows += [
        (Text(_("Packets noted as given out")), Whole(seen.out)),
        (Text(_("Packets noted as back")), Whole(seen.back)),
        (Text(_("Packets noted as lost")), Whole(seen.lost, Band.RED if seen.lost else Band.PLAIN)),
    ]
    return Table(_("Progress"), (_("Question"), _("Answer")), tuple(rows))


def _cell(said: str, kind: object, _: Words) -> Cell:
    if not said:
        return Withheld(_("not stated"))
    match kind:
        case Count():
            return Whole(int(said))
        case Packets():
            return Text(", ".join(packet_code(int(number)) for number in said.split(", ")))
        case _other:
            return Text(said)


def _points_table(points: Sequence[PointSeen], _: Words) -> Table:
    clocks = [field for field in PROGRESS.fields if isinstance(field.kind, Clock)]
    columns = (
        _("Check point"), _("Experts listed"), _("Experts who came"), _("Of these briefed"),
        *(_(field.title) for field in clocks), _("Packets noted as given out"), _("Packets noted as back"),
        _("Packets noted as lost"),
        _("Observers"), _("Difficulties"), _("Incidents"),
    )  # fmt: skip
    counts = [field for field in PROGRESS.fields if field.name in ("experts", "experts_briefed")]
    rows = tuple(
        (
            Text(seen.point),
            Whole(seen.experts),
            *(_cell(seen.progress(field.name), field.kind, _) for field in (*counts, *clocks)),
            *map(Whole, (seen.out, seen.back)),
            Whole(seen.lost, Band.RED if seen.lost else Band.PLAIN),
            *(Whole(len(seen.of(topic))) for topic in (Topic.OBSERVER, Topic.DIFFICULTY, Topic.INCIDENT)),
        )
        for seen in points
    )
    entered, noted, counted = told("entered", _), told("noted", _), told("counted", _)
    after = 4 + len(clocks)
    how = {1: told("listed", _), 2: entered, 3: entered}
    how |= dict.fromkeys(range(after, after + 3), noted) | dict.fromkeys(range(after + 3, after + 6), counted)
    return traced(
        Table(_("Check points"), columns, rows, () if rows else (_("not enough data"),)),
        how,
        lambda point: (f"point-{point}",),
        n=lambda row: sum(in_column(place)(row) for place in range(after + 3, after + 6)),
    )


def _counted(procedure: Procedure, points: Sequence[PointSeen], _: Words) -> Table:
    """Difficulties by criterion and kind: how often named, at how many check points, in how many works."""
    kinds = _choices(procedure, Topic.DIFFICULTY, "kind")
    named: Counter[tuple[str, str]] = Counter()
    works: Counter[tuple[str, str]] = Counter()
    where: dict[tuple[str, str], set[str]] = {}
    for seen in points:
        for said in seen.of(Topic.DIFFICULTY):
            key = (said["criterion"], said["kind"])
            named[key] += 1
            if "works" in said:
                works[key] += int(said["works"])
            where.setdefault(key, set()).add(seen.point)
    order = {str(c.id): at for at, c in enumerate(procedure.criteria, start=1)}
    rows = tuple(
        (
            Text(_(criterion) if criterion not in order else criterion),
            Text(_(kinds.words.get(kind, kind))),
            Whole(named[criterion, kind]),
            Whole(len(where[criterion, kind])),
            Whole(works[criterion, kind]) if (criterion, kind) in works else Withheld(_("not stated")),
        )
        for criterion, kind in sorted(named, key=lambda key: (order.get(key[0], 0), -named[key], key[1]))
    )
    columns = (_("Criterion"), _("Kind"), _("Times named"), _("Check points"), _("Works, where stated"))
    return Table(_("Difficulties by task"), columns, rows, _none(rows, _))


def _none(rows: Sequence[object], _: Words) -> tuple[str, ...]:
    return () if rows else (_("None was stated."),)


def _told_difficulties(procedure: Procedure, points: Sequence[PointSeen], _: Words, *, with_points: bool) -> Table:
    kinds = _choices(procedure, Topic.DIFFICULTY, "kind")
    order = {str(c.id): at for at, c in enumerate(procedure.criteria, start=1)}
    told = [(seen.point, said) for seen in points for said in seen.of(Topic.DIFFICULTY)]
    rows = tuple(
        (
            Text(said["criterion"] if said["criterion"] in order else _(said["criterion"])),
            *_point(point, with_points),
            Text(_(kinds.words.get(said["kind"], said["kind"]))),
            Text(said["text"]),
        )
        for point, said in sorted(told, key=lambda one: (order.get(one[1]["criterion"], 0), one[0]))
    )
    columns = (_("Criterion"), *_point_column(with_points, _), _("Kind"), _("What was difficult"))
    return Table(_("Difficulties in the organisers' words"), columns, rows, _none(rows, _))


def _incidents(procedure: Procedure, points: Sequence[PointSeen], _: Words, *, with_points: bool) -> Table:
    kinds = _choices(procedure, Topic.INCIDENT, "kind")
    told = sorted(
        ((said["time"], seen.point, said) for seen in points for said in seen.of(Topic.INCIDENT)),
        key=lambda one: one[:2],
    )
    rows = tuple(
        (
            Text(time),
            *_point(point, with_points),
            Text(_(kinds.words.get(said["kind"], said["kind"]))),
            Text(said["text"]),
            Text(said["done"]) if said.get("done") else Withheld(_("not stated")),
        )
        for time, point, said in told
    )
    columns = (_("Time"), *_point_column(with_points, _), _("Kind"), _("What happened"), _("What was done"))
    return Table(_("Incidents"), columns, rows, _none(rows, _))


def _observers_table(points: Sequence[PointSeen], _: Words, *, with_points: bool) -> Table:
    rows: list[Row] = []
    named = any(seen.names is not None for seen in points)
    for seen in points:
        for said in seen.of(Topic.OBSERVER):
            who = [Text((seen.names or {}).get(said["name"], _("erased")))] if named else []
            rows.append(
                (
                    *_point(seen.point, with_points),
                    *who,
                    Text(_(ROLES.get(said["role"], said["role"]))),
                    Text(_(SEES.get(said["sees"], said["sees"]))),
                    Text(_(YES_NO.get(said["consent"], said["consent"]))),
                    Text(said.get("came", "")),
                    Text(said.get("left", "")),
                )
            )
    columns = (
        *_point_column(with_points, _), *([_("Name")] if named else []), _("From where"), _("May see"),
        _("Signed consent and non-disclosure"), _("Came"), _("Left"),
    )  # fmt: skip
    return Table(_("Observers"), columns, tuple(rows), _none(rows, _))


def _choices(procedure: Procedure, topic: Topic, name: str) -> Choice:
    field = section_of(procedure, topic).field(name)
    assert field is not None
    assert isinstance(field.kind, Choice)
    return field.kind


def _point(point: str, with_points: bool) -> Iterable[Cell]:
    return [Text(point)] if with_points else []


def _point_column(with_points: bool, _: Words) -> Iterable[str]:
    return [_("Check point")] if with_points else []
