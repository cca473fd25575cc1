"""What every answer to a browser says: nothing else may show it in a frame, guess its kind, or learn where it was."""

from types import MappingProxyType

PAGE_HEADERS = MappingProxyType(
    {
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }
)
"""The headers of every answer to a browser, beside the policy of its content."""
