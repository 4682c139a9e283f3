"""The hand-written lists of general English that contradictions are told by: opposites, near-synonyms, kinds of things.

Lists only, and small: a word belongs here when any reader would agree without seeing the sentence it stands in.
"""

from __future__ import annotations

from functools import cache

from alice.domain.contradiction.roots import root

# Both cannot be true of one thing at one time. Several words on a side are told apart by blanks.
_OPPOSITES = """
open opened | closed shut close closing
full crowded packed | empty
near close | far
huge big large enormous giant | small tiny little
tall | short
high | low
fast quick quickly rapidly | slow slowly
hot | cold
wet | dry
clean cleaning | dirty dirtying
light bright | dark
loud loudly noisy | quiet quietly silent silently
speaking talking | silent mute
awake | asleep
alive | dead
young | old
rich | poor
cheap | expensive
early | late
day daytime | night nighttime
indoors inside indoor | outdoors outside outdoor
upstairs | downstairs
above | below beneath
top | bottom
left | right
north | south
east | west
running moving | stopped motionless immobile
naked nude | dressed wearing clothed
hitting catching | missing
removing | adding putting pouring applying
folding | unfolding
loading | unloading
locking locked | unlocking unlocked
packing | unpacking
wrapping | unwrapping
assembling building | dismantling demolishing destroying
filling | emptying
entering arriving | leaving departing exiting
rising raising climbing increasing growing | falling lowering descending decreasing shrinking
increase increased rise rose grew up | decrease decreased fell dropped shrank
listening | ignoring
pushing | pulling
throwing | catching
buying bought | selling sold
winning won | losing lost
accepted accept approved approve agreed | rejected reject declined decline refused refuse denied
allowed allow permitted permit | forbidden forbid prohibited prohibit banned ban disallowed
enabled enable | disabled disable
included include | excluded exclude
started start begun began starting | stopped stop ended finished stopping
passed succeeded pass succeed success | failed fail failure
keep kept keeping stays stay | drop dropped removed remove cancelled canceled cancel
confirmed | cancelled canceled
online | offline
public | private
mandatory required compulsory | optional
paid | unpaid
signed | unsigned
safe | dangerous unsafe
true correct | false wrong incorrect
possible | impossible
available | unavailable
likely | unlikely
legal | illegal
valid | invalid
complete completed finished done | incomplete unfinished
vegetarian vegan | meat
married | single divorced
always | never
everyone everybody | nobody
more | less fewer
maximum | minimum
best | worst
better | worse
love loves like likes prefers | hate hates dislikes detests
remember | forget forgot
free | busy
gain gained profit | loss
male | female
happy happily | sad sadly unhappy
calm calmly | angry angrily
carefully | carelessly
gently | roughly
""".strip().splitlines()

# What follows one and the same verb: "turn on" and "turn off".
_PARTICLES = (("on", "off"), ("onto", "off"), ("into", "out"), ("in", "out"), ("up", "down"), ("up", "away"),
              ("to", "from"), ("near", "far"), ("with", "without"), ("over", "under"))  # fmt: skip

# Words that are said of the same thing or act, whichever the writer took.
_SAME = """
man guy gentleman
woman lady
child kid
baby infant
person someone somebody individual
bike bicycle
motorbike motorcycle
cyclist bicyclist biker
car automobile
phone telephone
road street
rock stone
forest wood
picture photo photograph image
speak talk
cut slice chop
jump leap hop
throw toss hurl
look watch view
push shove
big large huge
small little tiny
quick fast
shop store
couch sofa
film movie
begin start commence
end finish conclude
purchase buy
price cost
boat ship
trip journey
rubbish trash garbage
deliver ship
postpone delay defer move reschedule shift
employ hire
lease rent
mail email e-mail
""".strip().splitlines()

# A more general word, and what is one of its kind.
_KINDS = """
person | man woman boy girl child guy lady player driver cyclist runner student teacher worker adult baby
child | boy girl baby toddler
animal | dog cat horse bird fish monkey
vegetable | onion carrot potato tomato pepper broccoli cucumber garlic
meat | beef pork chicken ham
food | meat bread fruit vegetable rice pasta
instrument | guitar piano flute violin drum trumpet
vehicle | car bus truck van motorcycle bike
cut | slice chop dice
""".strip().splitlines()


@cache
def _opposites() -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for line in _OPPOSITES:
        left, _, right = line.partition("|")
        pairs.update((root(a), root(b)) for a in left.split() for b in right.split())
    return frozenset(pair for a, b in pairs if a != b for pair in ((a, b), (b, a)))


@cache
def _same() -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for line in _SAME:
        roots = {root(word) for word in line.split()}
        for word in roots:
            groups.setdefault(word, set()).update(roots)
    return {word: frozenset(roots) for word, roots in groups.items()}


@cache
def _kinds() -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = {}
    for line in _KINDS:
        general, _, words = line.partition("|")
        kinds.setdefault(root(general.strip()), set()).update(root(word) for word in words.split())
    return {general: frozenset(words) for general, words in kinds.items()}


def opposite(one: str, other: str) -> bool:
    """Tell whether two roots cannot both be true of one thing at one time."""
    return (one, other) in _opposites()


def opposite_particles(one: str, other: str) -> bool:
    """Tell whether two words turn the verb before them round: "on" and "off"."""
    return (one, other) in _PARTICLES or (other, one) in _PARTICLES


def same(one: str, other: str) -> bool:
    """Tell whether two roots are said of the same thing."""
    return one == other or other in _same().get(one, ())


def covers(general: str, special: str) -> bool:
    """Tell whether `general` is `special`, or a word for more than it: every woman is a person."""
    if same(general, special):
        return True
    kinds = _kinds().get(general, frozenset())
    return special in kinds or any(special in _kinds().get(kind, ()) for kind in kinds)
