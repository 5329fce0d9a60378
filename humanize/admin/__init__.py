"""Admin pages for staff; importing this package registers them."""

from humanize.admin import content as content
from humanize.admin import route_policies as route_policies
