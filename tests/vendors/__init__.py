"""The three vendors' wire protocols on 127.0.0.1: `with vendors() as server: server.url("openai")`."""

from tests.vendors.server import Seen, VendorServer, vendors

__all__ = ["KEY_HOSTS", "KEY_HOSTS_TEXT", "Seen", "VendorServer", "vendors"]
KEY_HOSTS = dict.fromkeys(("openai", "anthropic", "google"), ("127.0.0.1",))  # the setting that lets keys go there
KEY_HOSTS_TEXT = ",".join(f"{vendor}=127.0.0.1" for vendor in KEY_HOSTS)  # and its variable
