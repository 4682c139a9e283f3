"""Knows who is a person in a text: those listed as present, those who speak, and common given names.

It must not guess: an unknown capitalised word is no person until something says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, field

TOKEN = r"[^\W\d_](?:[\w'’-]|\.(?=\w)){0,30}"
_LISTED = re.compile(
    rf"^(?P<name>{TOKEN}\.?(?: (?:{TOKEN}\.?|\([^()]{{1,20}}\))){{0,4}})?[\s,:–-]*(?:\(?@(?P<handle>[\w-]{{1,39}})\)?)?"
    r"\s*(?:[(–,-]\s*(?P<role>[^()\n]{1,60})\)?)?\s*$"
)
_TITLED = re.compile(rf"^{TOKEN}\.?(?: {TOKEN}\.?){{0,4}}$")

# Words that open a line before a colon or a modal verb and are nobody. Lower case.
NOBODY = frozenset(
    """a about according action actions after again agenda agree agreed ai all also although an and announcement
    announcements answer any anybody anyone api as ask background because before board both but by can case challenge
    ci comment concern concerns conclusion consensus context cpc current currently date deadline decision decisions
    definition description details different discussed discussion discussions docs does done due each error
    everybody everyone example facebook fact feedback first fixme follow for from future fyi general given github goal
    google have he heads-up help here hint hope how however i idea if important in info input instead is issue issues
    it its key know last later lets link links linux list lots main many may maybe meeting minutes more most my name
    need new news next no nobody node none note notes nothing now ok okay on one only open option options original
    other otherwise our out outcome output overview people plan possible possibly pr pro problem problems proposal
    proposed pros question questions reason recording references remaining reminder requirement resolution result
    results role same see seems she should since skipped so some somebody someone source status step steps still
    subject suggestion summary team thank thanks that the then there these they thing things think this those time tip
    title to todo today topic tsc tsc update updates url usage users version vote waiting warning was we website week
    well what when where which while who why will with work workflow working would yes you your""".split()
)

# Common given names over many languages: enough to tell a person from a product where nothing else says so.
_GIVEN = frozenset(
    """aaron abby abdul abigail ada adam adele adrian agnes ahmed aiden aisha akira alan albert alejandro alex alexander
    alexandra alexis alfred ali alice alicia alina alison amanda amelia amir amy ana anders andre andrea andreas andrew
    andy angela anika anita anja ann anna anne annie anthony antoine anton antonio arjun arthur astrid audrey barbara
    beatrice ben benedict benjamin bernard beth bethany bill bob bojan boris brandon brenda brian bridget bruce bruno
    caleb cameron camille carl carla carlos carmen carol caroline carolyn catherine cathy cecilia charles charlie
    charlotte chen cheryl chloe chris christian christina christine christopher clara claire clement colin connor craig
    cristina cynthia damian dan dana daniel daniela daniele danielle darren dave david dean deborah denis denise derek
    diana diego dieter dimitri dirk dmitri dominic donald donna doris dorothy douglas dylan edith edward elena eli
    elias elisabeth elizabeth ella ellen emil emily emma eric erica erik ernest esther ethan eugene eva evan evelyn
    fabian fatima felix fernando fiona florian frances francesca francesco francis francisco frank franz fred frederic
    freya friedrich gabriel gabriela gareth gary geoffrey george gerald gerhard gianni gina giulia giovanni gordon
    graham greg gregory gustav hana hannah hans harold harry hassan heather heidi helen helena henri henrik henry
    hiroshi holly hugo ian ibrahim igor ingrid irene iris isaac isabel isabella ivan jack jackie jacob jacqueline jaime
    jake james jamie jan jane janet janice jason javier jean jeff jeffrey jen jennifer jenny jeremy jerry jesse jessica
    jim jimmy joan joanna jochen joe joel johan johann johanna john johnny jon jonas jonathan jordi jorge jose josef
    joseph josh joshua juan judith judy julia julian julie jun jürgen kai karen karin karl kate katharina katherine
    kathleen kathy katie kay keith kelly ken kenji kenneth kevin kim kirsten klaus kristen kristin kumar kurt kyle lars
    laura lauren lea leah lee lena leo leon leonard leticia liam lily linda lisa liz lorenzo louis louise luca lucas
    lucia lucy luis luka lukas luke lydia madison maggie malik manuel marc marcel marco marcus margaret maria marie
    marina mario marion mark markus marta martha martin martina mary mateo matt matteo matthew matthias maurice max
    maya mehmet mei mel melanie melissa mia michael michal michel michelle miguel mikael mike mikhail milan miriam
    mohamed mohammed moira molly monica monika muhammad nadia nadine nancy naomi natalia natalie natasha nathan
    nicholas nick nicola nicolas nicole nigel nikita nina noah noel nora norman oleg oliver olivia omar oscar otto
    pablo paolo patricia patrick paul paula pavel pedro penny per pete peter petra phil philip philippe pierre priya
    rachel rafael raj ralph ramesh ramona raquel raymond rebecca renata rene ricardo richard rick rita rob robert
    roberto robin roger roland roman ron ronald rosa rosie ross roy ruben russell ruth ryan sabine sally salma sam
    samantha samir samuel sandra sara sarah sasha scott sean sebastian sergei shane shannon sharon sheila shirley
    silvia simon simone sofia sonia sonja sophia sophie stacy stefan stella stephan stephanie stephen steve steven
    stuart sue sunil susan susanne suzanne sven sylvia takeshi tamara tanya tara tatiana ted teresa terry theo theresa
    thomas tiffany tim timothy tina tobias toby todd tom tomas tony tracy travis ulrich ursula valentina valerie
    vanessa vera veronica victor victoria vikram vincent viktor vivian vladimir walter wanda wendy werner will william
    wolfgang xavier yan yuki yusuf yvonne zachary zoe mum mom dad grandma grandpa""".split()
) - {"will", "per", "may"}


@dataclass(slots=True)
class Roster:
    """The people that one text knows: how they are written, by their names in lower case. Filled once, then read."""

    known: dict[str, str] = field(default_factory=dict)
    listed: bool = False  # somebody was listed as present: these are minutes

    def add(self, name: str, handle: str | None = None) -> None:
        """Make a person known by full name, given name and handle."""
        words = name.split()
        if not words and not handle:
            return
        shown = name or f"@{handle}"
        forms = [name, words[0] if words else "", handle or "", f"@{handle}" if handle else ""]
        for form in forms:
            low = form.casefold()
            if low and low not in NOBODY:
                self.known.setdefault(low, shown)

    def knows(self, name: str) -> bool:
        """Tell whether `name`, as written, is somebody here."""
        low = name.casefold().removesuffix("'s")
        return low in self.known or (" " in low and low.split(" ", 1)[0] in self.known and name[:1].isupper())

    def mentions(self, words: Set[str]) -> bool:
        """Tell whether one of the lower-case `words` is a name known here, or a common given name."""
        return not (words.isdisjoint(self.known.keys()) and words.isdisjoint(_GIVEN))

    def may_be(self, name: str) -> bool:
        """Tell whether `name` is somebody here, or a common given name written as one."""
        return self.knows(name) or (name[:1].isupper() and name.split(" ", 1)[0].casefold() in _GIVEN)


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of an attendance list."""

    name: str
    handle: str | None
    role: str | None


def listed_person(line: str) -> Listed | None:
    """Read a line such as "Ada Lovelace @ada (chair)"; None when it does not look like a person."""
    match = _LISTED.match(line.strip()[:200])
    if match is None or not (match["name"] or match["handle"]):
        return None
    name = " ".join((match["name"] or "").split())
    plausible = not name or (_TITLED.match(name) and not name.split()[0].islower()) or match["handle"]
    if not plausible or name.casefold() in NOBODY or (name.islower() and not match["handle"]):
        return None
    return Listed(name, match["handle"], (match["role"] or "").strip(" ()") or None)


def roster_of(names: Iterable[str]) -> Roster:
    """Return a roster that knows `names`."""
    roster = Roster()
    for name in names:
        roster.add(" ".join(name.split())[:80])
    return roster
