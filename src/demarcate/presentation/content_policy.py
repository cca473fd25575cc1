"""What a page says in its content security policy of the style and the script that it consists of."""

import base64
import hashlib


def policy_hash(text: str) -> str:
    """Return the source by which a content security policy allows this inline style or script alone.

    Examples
    --------
    >>> policy_hash("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
