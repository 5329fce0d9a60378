"""Staff's pages; importing them registers them."""

from youman.core.admin import accounts as accounts
