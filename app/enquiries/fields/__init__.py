"""The enquiry form as data: every field once, in blocks that may be filled in in any order.

Needed to submit, and why:

- `company_country`, `company_kind` (for a CRO `company_behind`, its country and kind), `is_mrct`, `product_code` and
  `condition` are what the counting rule reads: who counts, what counts, and once per company, product and condition.
- `base_in_japan` is recorded beside every counted case (product.md, Counting).
- `authority_to_act` says whether we may speak to hospitals at all.
- `wanted_service` decides how far the consultation goes.
- `modality`, `phase` and `first_in_human` decide which units in Japan can take the trial.
- `participants_japan` and `last_date_japan` are what a hospital asks first.

Everything else can wait until the intake meeting.
"""

from app.enquiries.fields.company import PRESENCE, REQUESTER, WANTED
from app.enquiries.fields.field import Block, Choice, Field, Kind, Tier
from app.enquiries.fields.sites import DECENTRALISED, NEEDS, NUMBERS
from app.enquiries.fields.study import PRODUCT, STUDY

__all__ = ["BLOCKS", "FIELDS", "Block", "Choice", "Field", "Kind", "Tier", "block_of", "block_with"]

BLOCKS: tuple[Block, ...] = (REQUESTER, PRESENCE, WANTED, PRODUCT, STUDY, NUMBERS, NEEDS, DECENTRALISED)
FIELDS: dict[str, Field] = {field.code: field for block in BLOCKS for field in block.fields}
_BLOCK_OF = {field.code: block for block in BLOCKS for field in block.fields}
_BY_CODE = {block.code: block for block in BLOCKS}


def block_with(code: str) -> Block | None:
    """Return the block of a code, None where there is none."""
    return _BY_CODE.get(code)


def block_of(field: str) -> Block:
    """Return the block that a field stands in. Raises KeyError for a code that is no field."""
    return _BLOCK_OF[field]
