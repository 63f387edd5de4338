"""The one LDAP request that the scripts themselves send."""


def bind_request(dn, password):
    """A simple bind with message id 1 (RFC 4511 §4.2)."""
    operation = element(0x60, b"\x02\x01\x03" + element(0x04, dn.encode()) + element(0x80, password.encode()))
    return element(0x30, b"\x02\x01\x01" + operation)


def element(tag, content):
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([0x82]) + length.to_bytes(2, "big")
    return bytes([tag]) + size + content
