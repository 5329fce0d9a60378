"""The three vendors' wire protocols on 127.0.0.1: `with vendors() as server: server.url("openai")`."""

from tests.vendors.server import Seen, VendorServer, vendors

__all__ = ["Seen", "VendorServer", "vendors"]
