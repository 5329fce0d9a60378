"""Staff's pages; importing them registers them."""

from youman.core.admin import accounts as accounts
from youman.core.admin import webhooks as webhooks
