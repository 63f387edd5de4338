//! The simple paged results control (RFC 2696). The cookie is the directory's; nothing is kept between pages.

use super::ber::{self, INTEGER, OCTET_STRING, Reader, SEQUENCE, Writer};
use super::response::ResponseControl;
use super::result::{LdapResult, ResultCode};

/// What a client asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRequest {
    /// Entries a page; zero with a cookie gives the search up.
    pub size: usize,
    /// Where to go on; empty at the start.
    pub cookie: Vec<u8>,
}

impl PageRequest {
    /// Reads the control's value.
    pub fn read(value: Option<&[u8]>) -> Result<PageRequest, LdapResult> {
        parse(value.unwrap_or_default())
            .ok_or_else(|| LdapResult::new(ResultCode::ProtocolError, "the paged results control is not encoded as RFC 2696 asks"))
    }

    /// RFC 2696 §3: a size of zero with the last cookie abandons the search.
    pub fn gives_up(&self) -> bool {
        self.size == 0 && !self.cookie.is_empty()
    }

    /// Entries for this page, at most `limit`. A size of zero at the start asks for no pages at all.
    pub fn entries(&self, limit: usize) -> Option<usize> {
        (self.size > 0).then(|| self.size.min(limit))
    }
}

fn parse(value: &[u8]) -> Option<PageRequest> {
    let mut outer = Reader::new(value);
    let mut inner = Reader::new(outer.expect(SEQUENCE).ok()?);
    outer.finish().ok()?;
    let size = ber::number(inner.expect(INTEGER).ok()?)?;
    let cookie = inner.expect(OCTET_STRING).ok()?.to_vec();
    inner.finish().ok()?;
    Some(PageRequest { size: usize::try_from(size).ok()?, cookie })
}

/// The control for the end of a page; an empty cookie says that it was the last one. How many entries there are in
/// all is not estimated (zero, RFC 2696 §2).
pub fn response(cookie: &[u8]) -> ResponseControl {
    let mut value = Vec::new();
    Writer::new(&mut value).constructed(SEQUENCE, |sequence| {
        sequence.number(INTEGER, 0);
        sequence.octets(cookie);
    });
    ResponseControl { oid: PAGED_RESULTS, value }
}

/// RFC 2696.
pub const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_strictly() {
        for (value, expected) in [
            (&[0x30, 5, 2, 1, 10, 4, 0][..], Some((10, &b""[..]))),
            (&[0x30, 7, 2, 1, 0, 4, 2, 1, 2], Some((0, &[1, 2]))),
            (&[], None),
            (&[0x30, 3, 2, 1, 10], None),
            (&[0x30, 5, 2, 1, 0xff, 4, 0], None),
            (&[0x30, 5, 2, 1, 10, 4, 0, 0], None),
            (&[0x30, 7, 2, 1, 10, 4, 0, 4, 0], None),
        ] {
            let parsed = parse(value);
            assert_eq!(parsed.as_ref().map(|page| (page.size, page.cookie.as_slice())), expected, "{value:x?}");
        }
    }

    #[test]
    fn a_cookie_that_is_sent_is_read_back() {
        let control = response(b"here");
        assert_eq!(parse(&control.value), Some(PageRequest { size: 0, cookie: b"here".to_vec() }));
        assert!(parse(&control.value).unwrap().gives_up());
    }
}
