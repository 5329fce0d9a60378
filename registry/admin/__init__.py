"""Staff's pages; importing them registers them."""

from registry.admin import models as models
from registry.admin import promotions as promotions
