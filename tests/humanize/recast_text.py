"""A completed text with small edits and block edits, of each sort one to be looked at."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from humanize.models import Edit, Transformation
from humanize.scoring import score
from humanize.text.edits import TextEdit, apply, sure
from humanize.text.similarity import similarity
from humanize.transformations import create
from humanize.transformations.row_mapping import edit_rows
from humanize.validation import check_options
from youman.core.models import Account

OPENING = "The town hall opened in 1932. Furthermore, the staff utilize the old desks every day."
MARKET = (
    "It is important to note that the market plays a pivotal role in the life of the town. Every Saturday, thirty "
    "farmers bring their vegetables to the square before eight. They leave when the clock strikes two, and the street "
    "is swept afterwards."
)
MARKET_RECAST = (
    "The life of the town turns on the market. Every Saturday, thirty farmers bring their vegetables to the square "
    "before eight. They leave when the clock strikes two, and then the street is swept."
)
BRIDGE = (
    "The bridge is a testament to good planning, and it stands as a reminder of careful work. The council painted it "
    "last spring because the rails had rusted. Nobody was hurt, and the road stayed open the whole time."
)
BRIDGE_RECAST = (
    "Good planning shows in the bridge. Its rails had rusted, so the council painted it last spring, kept the road "
    "open the whole time, and nobody was hurt while the careful work went on."
)
CLOSING = "The library may close in August."
RECAST_SOURCE = "\n\n".join((OPENING, MARKET, BRIDGE, CLOSING))
DOUBT = "Nobody but you can tell whether both say the same."
CERTAINTY = "“may” became “will”, which says more than your draft."
KIND = "llm/small"


def edit(before: str, after: str, look: str = "", source: str = KIND) -> TextEdit:
    start = RECAST_SOURCE.index(before)
    return TextEdit(start, start + len(before), before, after, "It reads better.", source, look)


# In the order of the text: small, small, a block, a block to look at, a small one to look at.
EDITS = (
    edit("Furthermore, the", "The", source="rules/openers/furthermore"),
    edit("utilize", "use"),
    edit(MARKET, MARKET_RECAST),
    edit(BRIDGE, BRIDGE_RECAST, DOUBT),
    edit("may", "will", CERTAINTY),
)
FURTHERMORE, UTILIZE, MARKET_BLOCK, BRIDGE_LOOK, MAY_LOOK = range(len(EDITS))
RECAST_RESULT = apply(RECAST_SOURCE, sure(EDITS))


def recast(account: Account, invocation: UUID | None = None) -> Transformation:
    """Store the text for the account, completed, with all edits undecided; the call `invocation` made them."""
    options = check_options(level=5, language="en", format="text", strategy="casual")
    row = create.create_transformation(
        account=account, request=create.CreateRequest(RECAST_SOURCE, options, model="rules")
    ).row
    Edit.objects.filter(transformation=row).delete()
    Edit.objects.bulk_create(edit_rows(row, EDITS, (invocation,) * len(EDITS)))
    scores = {"before": score(RECAST_SOURCE), "after": score(RECAST_RESULT)}
    Transformation.objects.filter(pk=row.pk).update(
        result=RECAST_RESULT,
        edit_count=len(EDITS),
        similarity=round(similarity(RECAST_SOURCE, RECAST_RESULT), 4),
        scores={name: asdict(found) for name, found in scores.items()} | {"judgement": None},
    )
    return Transformation.objects.get(pk=row.pk)


def ids(row: Transformation) -> list[int]:
    """Return the ids of the edits in the order of the text."""
    return list(Edit.objects.filter(transformation=row).order_by("start").values_list("pk", flat=True))


def decisions(row: Transformation) -> list[str]:
    return list(Edit.objects.filter(transformation=row).order_by("start").values_list("decision", flat=True))


def text_with(*places: int) -> str:
    """The source with these edits applied."""
    return apply(RECAST_SOURCE, [EDITS[place] for place in places])
