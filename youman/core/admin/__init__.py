"""Admin pages for staff; importing this package registers them."""

from youman.core.admin import accounts as accounts
from youman.core.admin import schedule as schedule
from youman.core.admin import webhooks as webhooks
