"""Admin pages of the registry; importing this package registers them."""

from registry.admin import models as models
from registry.admin import promotions as promotions
