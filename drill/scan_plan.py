"""What lies in each scanned file of a drill's batch, and what must become of it: drawn before anything is made or read.

Not played, because no paper can show it: two works of a foreign form swapped whole inside a file, or page n of one
exchanged with page n of another. Only codes on every page exclude that (docs/identity.md).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from crosscheck import labels, pageform
from crosscheck.labels import Kind as LabelKind
from crosscheck.labels import Label
from crosscheck.model import TaskId
from crosscheck.procedure import Procedure, paper_digest
from drill import foreign
from drill.assessment import DISTRICT, OTHER
from drill.damage import Damage, Kind, destroyed, drawn
from drill.scan_pages import Filling, Paper, Print, codes_of

Rng = np.random.Generator
HANDS = 14
_DAMAGES = tuple(kind for kind in Kind if kind is not Kind.UNDAMAGED)
HANDS_WITH_NAMES = 8  # of these there are several writings of the name
_LAYOUTS = {1: ((28.0,) * 6,), 2: ((40.0, 60.0, 85.0), (55.0, 70.0, 80.0)), 3: ((90.0,) * 2,) * 3,
            4: ((90.0, 90.0), (190.0,), (190.0,), (90.0, 90.0))}  # fmt: skip


class Event(enum.Enum):
    """What happened to a page otherwise than by damage; missing pages have no row: they are not there."""

    SHUFFLED = "shuffled in its file"
    BETWEEN = "strayed to another file"
    DUPLICATE = "scanned twice"
    WRONG_FORM = "form of another procedure"
    WRONG_PAPER = "other paper"
    BLANK_BACK = "blank back"
    MISREAD = "codes misread, check wrong"
    OTHER_LEDGER = "same number, another ledger"
    NAME_IN_ANSWER = "name in an answer"
    LOST = "foreign file with a page lost"
    SWAPPED = "foreign file with pages swapped"
    DOUBLED = "foreign file with a page doubled"
    UNLISTED = "foreign, in no manifest"
    HELD = "foreign, beside a destroyed page"


class Expect(enum.Enum):
    """What must become of a page. PERSON: nobody can say whose it is, so a person must be asked."""

    KNOWN = "known"
    PERSON = "to a person"
    BLANK = "blank"
    FOREIGN = "foreign"


class Container(enum.Enum):
    """Kinds of file."""

    PDF = "pdf"
    TIFF = "tif"  # 1-bit G4
    JPEG = "jpg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of pages (own) or files (foreign, shuffles) with an event; `twins`: of files, `patterns`: of pages;
    `undamaged`: of pages; `own`: of works."""

    undamaged: float = 0.3
    own: float = 0.7
    shuffled: float = 0.12
    between: float = 0.06
    missing: float = 0.012
    duplicate: float = 0.012
    wrong_form: float = 0.012
    wrong_paper: float = 0.006
    blank_back: float = 0.02
    misread: float = 0.01
    other_ledger: float = 0.01
    name_in_answer: float = 0.02
    foreign_event: float = 0.16
    twins: float = 0.3
    patterns: float = 0.3


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One page of a file: its print, what is written, what happens to it, whose it truly is (participant, page), and
    what must become of it. `codes` are put in place of its own; `reverse`: what is printed on its back."""

    printed: Print | None  # None: other paper or an empty back
    paper: Paper
    filling: Filling
    damage: Damage
    owner: tuple[str, int] | None
    own: bool
    event: Event | None = None
    expect: Expect = Expect.KNOWN
    codes: tuple[str, str] | None = None
    reverse: Print | None = None

    @property
    def destroyed(self) -> bool:
        return destroyed(self.damage, own=self.own)


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file: `listed` are the works its manifest rows name, in order, each with its pages; `twin`: it is read a
    second time with other identities; `hidden`: its pages carry a text layer; `colour`: it was scanned in colour."""

    name: str
    container: Container
    pages: tuple[PagePlan, ...]
    listed: tuple[tuple[str, int], ...] = ()
    template: str = ""
    twin: bool = False
    hidden: bool = False
    colour: bool = False


@dataclass(frozen=True, slots=True)
class OwnWork:
    """A work on own paper: participant, form number, where its pages are printed; `signed`: by this ledger; `idle`: the
    form was given out and never came back."""

    participant: str
    form: int
    prints: tuple[Print, ...]
    signed: bool
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Chance:
    """What a plan is drawn with."""

    rng: Rng
    rates: Rates
    dpis: tuple[int, ...] = field(default=(200, 300))

    def of(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def kind(self) -> Kind:
        if self.of(self.rates.undamaged):
            return Kind.UNDAMAGED
        return _DAMAGES[int(self.rng.integers(len(_DAMAGES)))]

    def damage(self, kind: Kind) -> Damage:
        return drawn(kind, self.rng, dpi=self.dpis[int(self.rng.integers(len(self.dpis)))])

    def seed(self) -> tuple[int, ...]:
        return (int(self.rng.integers(2**31)), int(self.rng.integers(2**31)))

    def filling(self, hand: int) -> Filling:
        pattern = int(self.rng.integers(2**31)) if self.of(self.rates.patterns) else None
        return Filling(hand, self.seed(), pattern=pattern)


def procedure(pages: int) -> Procedure:
    """The drill's procedure with forms of 1 to 4 pages: the same six tasks, otherwise spread."""
    heights = [(page, height) for page, layout in enumerate(_LAYOUTS[pages], start=1) for height in layout]
    tasks = tuple(
        replace(task, id=TaskId(str(n)), page=page, height_mm=height)
        for n, (task, (page, height)) in enumerate(zip(DISTRICT.tasks, heights, strict=True), start=1)
    )
    return replace(DISTRICT, code=f"scan-drill-{pages}", tasks=tasks, pages=pages, criteria_pdf=None)


def own_paper(form: pageform.PageForm) -> Paper:
    """An own page as the drill knows it."""
    return Paper(tuple(f.box for f in form.fields), tuple(zone.box for zone in form.answers), (form.identity,))


def foreign_paper(form: foreign.ForeignPage) -> Paper:
    """A foreign page as the drill knows it; digits of codes are no handwriting worth lifting."""
    fields = tuple(b.box for b in form.blanks if b.what != "code")
    return Paper(fields, tuple(answer.box for answer in form.answers), form.identity)


# --- foreign forms -------------------------------------------------------------------------------


def foreign_files(prefix: str, form: foreign.ForeignForm, people: Sequence[str], chance: Chance) -> Iterator[FilePlan]:
    """Files of one to four works of a foreign form."""
    left = list(people)
    number = 0
    while left:
        count = min(len(left), int(chance.rng.integers(1, 5)))
        works, left = left[:count], left[count:]
        number += 1
        yield _foreign_file(f"{prefix}-{form.name}-{number:03d}", form, works, chance)


def _foreign_file(stem: str, form: foreign.ForeignForm, works: Sequence[str], chance: Chance) -> FilePlan:
    kind = chance.kind()
    pages = [_foreign_page(form, work, page.page, kind, chance) for work in works for page in form.pages]
    event = _foreign_event(chance) if chance.of(chance.rates.foreign_event) else None
    pages = _disturbed(pages, event, chance.rng)
    if event is None and any(page.destroyed for page in pages):
        event = Event.HELD
    if event is not None:
        pages = [replace(page, event=event, expect=Expect.PERSON) for page in pages]
    tiff = kind is Kind.ONE_BIT and chance.of(0.5)
    return FilePlan(
        f"{stem}.{'tif' if tiff else 'pdf'}",
        Container.TIFF if tiff else Container.PDF,
        tuple(pages),
        listed=() if event is Event.UNLISTED else tuple((work, len(form.pages)) for work in works),
        template=form.name,
        twin=chance.of(chance.rates.twins),
        hidden=chance.of(0.05),
    )


def _foreign_event(chance: Chance) -> Event:
    return (Event.LOST, Event.SWAPPED, Event.DOUBLED, Event.UNLISTED)[int(chance.rng.integers(4))]


def _foreign_page(form: foreign.ForeignForm, work: str, page: int, kind: Kind, chance: Chance) -> PagePlan:
    hand = int(work) % HANDS
    return PagePlan(
        Print(form.name, page - 1),
        foreign_paper(form.pages[page - 1]),
        chance.filling(hand),
        chance.damage(kind),
        (work, page),
        own=False,
        reverse=Print(form.name, page % len(form.pages)),
    )


def _disturbed(pages: list[PagePlan], event: Event | None, rng: Rng) -> list[PagePlan]:
    at = int(rng.integers(len(pages) - 1))
    match event:
        case Event.LOST:
            return pages[:at] + pages[at + 1 :]
        case Event.SWAPPED:  # neighbours show different pages of the form: that can be seen
            return [*pages[:at], pages[at + 1], pages[at], *pages[at + 2 :]]
        case Event.DOUBLED:
            return [*pages[: at + 1], pages[at], *pages[at + 1 :]]
        case _:
            return pages


# --- own forms -----------------------------------------------------------------------------------


def own_files(prefix: str, made: Procedure, works: Sequence[OwnWork], chance: Chance) -> Iterator[FilePlan]:
    """The own works' pages in files of a few works, some shuffled, some with pages of others."""
    per_file = max(1, 12 // made.pages)
    # A code misread as that of a work whose page is there makes two copies, which is noticed; these would not be.
    idle = [work.form for work in works if work.idle and not work.signed] or [work.form for work in works]
    came = [work for work in works if not work.idle]
    piles = [_pile(made, came[i : i + per_file], idle, chance) for i in range(0, len(came), per_file)]
    _stray_between(piles, chance)
    for number, pile in enumerate(piles, start=1):
        yield from _own_file(f"{prefix}-own-{number:03d}", pile, chance)


def _pile(made: Procedure, works: Sequence[OwnWork], idle: Sequence[int], chance: Chance) -> list[PagePlan]:
    pages = []
    again = []
    for work in works:
        for form in pageform.page_forms(made):
            if chance.of(chance.rates.missing):
                continue
            page = _own_page(made, work, form, idle, chance)
            pages.append(page)
            if page.event is None and chance.of(chance.rates.duplicate):
                pages[-1] = replace(page, event=Event.DUPLICATE, expect=Expect.PERSON)
                again.append(replace(pages[-1], damage=chance.damage(Kind.UNDAMAGED)))
            pages += _strays(made, work, form, chance)
    pages += again
    if chance.of(chance.rates.shuffled):
        mixed = [pages[i] for i in chance.rng.permutation(len(pages))]
        return [replace(p, event=p.event or Event.SHUFFLED) for p in mixed]
    return pages


def _own_page(made: Procedure, work: OwnWork, form: pageform.PageForm, idle: Sequence[int], chance: Chance) -> PagePlan:
    back = form.page if form.page % 2 else form.page - 2  # index of the other side of the same sheet
    page = PagePlan(
        work.prints[form.page - 1],
        own_paper(form),
        chance.filling(int(work.participant) % HANDS),
        chance.damage(chance.kind()),
        (work.participant, form.page),
        own=True,
        reverse=work.prints[back] if back < len(work.prints) else None,
    )
    return _with_event(page, made, work, form, idle, chance)


def _with_event(
    page: PagePlan,
    made: Procedure,
    work: OwnWork,
    form: pageform.PageForm,
    idle: Sequence[int],
    chance: Chance,
) -> PagePlan:
    label = Label(LabelKind.ANSWER, work.form, form.page, 0, paper_digest(made))
    other = idle[int(chance.rng.integers(len(idle)))]
    if chance.of(chance.rates.misread) and other != work.form:
        said = _misread(label, other)
        return replace(page, event=Event.MISREAD, expect=Expect.PERSON, codes=said)
    if work.signed and chance.of(chance.rates.other_ledger):
        forged = labels.signed(label, chance.rng.bytes(32))
        # Somebody else's work: this ledger's participant of that number wrote another one.
        return replace(page, event=Event.OTHER_LEDGER, expect=Expect.PERSON, codes=codes_of(forged), owner=None)
    if form.page == 1 and chance.of(chance.rates.name_in_answer):
        filling = replace(page.filling, hand=page.filling.hand % HANDS_WITH_NAMES, name_zone=len(form.answers) - 1)
        return replace(page, event=Event.NAME_IN_ANSWER, filling=filling)
    return page


def _misread(label: Label, number: int) -> tuple[str, str]:
    """What a reader makes of damaged codes when it takes one form's digits for another's: the check stays."""
    said, spelt = codes_of(label)
    mine, other = f"{label.number:08d}", f"{number:08d}"
    return said.replace(mine, other, 1), spelt[:2] + other + spelt[10:]


def _strays(made: Procedure, work: OwnWork, form: pageform.PageForm, chance: Chance) -> Iterator[PagePlan]:
    """Pages of other things that lie behind a page."""
    empty = Filling(0, chance.seed())
    nothing = Paper((), (), (form.identity,))
    if form.page == made.pages and made.pages % 2 and chance.of(chance.rates.blank_back):
        damage = chance.damage(Kind.UNDAMAGED)
        yield PagePlan(None, nothing, empty, damage, None, False, Event.BLANK_BACK, Expect.BLANK)
    if chance.of(chance.rates.wrong_form):
        codes = codes_of(Label(LabelKind.ANSWER, work.form, form.page, 0, paper_digest(OTHER)))
        page = PagePlan(
            work.prints[form.page - 1], own_paper(form), chance.filling(0), chance.damage(Kind.UNDAMAGED), None, True
        )
        yield replace(page, event=Event.WRONG_FORM, expect=Expect.FOREIGN, codes=codes)
    if chance.of(chance.rates.wrong_paper):
        damage = chance.damage(Kind.UNDAMAGED)
        yield PagePlan(None, nothing, empty, damage, None, False, Event.WRONG_PAPER, Expect.PERSON)


def _stray_between(piles: list[list[PagePlan]], chance: Chance) -> None:
    """Some pages lie in another pile than the rest of their work."""
    for i in range(len(piles) - 1):
        if piles[i] and piles[i + 1] and chance.of(chance.rates.between):
            a, b = int(chance.rng.integers(len(piles[i]))), int(chance.rng.integers(len(piles[i + 1])))
            piles[i][a], piles[i + 1][b] = _strayed(piles[i + 1][b]), _strayed(piles[i][a])


def _strayed(page: PagePlan) -> PagePlan:
    return replace(page, event=page.event or Event.BETWEEN)


def _own_file(stem: str, pile: Sequence[PagePlan], chance: Chance) -> Iterator[FilePlan]:
    twin = chance.of(chance.rates.twins)
    if chance.of(0.2):  # one picture a page
        for i, page in enumerate(pile, start=1):
            lossless = page.damage.level is not None or (page.damage.dpi <= 200 and chance.of(0.1))
            container = Container.PNG if lossless else Container.JPEG
            yield FilePlan(f"{stem}-{i:02d}.{container.value}", container, (page,), twin=twin)
        return
    if chance.of(0.1):  # a scanner set to black and white
        pages = tuple(replace(p, damage=chance.damage(Kind.ONE_BIT)) for p in pile)
        yield FilePlan(f"{stem}.tif", Container.TIFF, pages, twin=twin)
        return
    colour = not twin and chance.of(0.1)
    yield FilePlan(f"{stem}.pdf", Container.PDF, tuple(pile), twin=twin, hidden=chance.of(0.04), colour=colour)
