//! The cookies of the pages, and how they are kept: for this host alone, out of reach of scripts, and only over https
//! where the pages are.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use crate::secret::Secret;
use crate::web::site::Site;

/// A cookie of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieName {
    /// The token of a session.
    Session,
    /// What each form must show.
    Csrf,
    /// The token of a link that sets a password.
    Reset,
    /// The token of a link that takes a request back.
    Revoke,
    /// The token of a link that confirms a mail address.
    Address,
    /// The language that was chosen.
    Language,
    /// What the next page says of the form that was sent: words of [`super::notice`].
    Notice,
}

impl CookieName {
    fn word(self) -> &'static str {
        match self {
            CookieName::Session => "session",
            CookieName::Csrf => "csrf",
            CookieName::Reset => "reset",
            CookieName::Revoke => "revoke",
            CookieName::Address => "address",
            CookieName::Language => "language",
            CookieName::Notice => "notice",
        }
    }

    /// Seconds that it is kept for; none: until the browser is closed.
    fn seconds(self) -> Option<i64> {
        match self {
            // On a shared machine a link shall not stay one click away; the mailed one works again.
            CookieName::Session | CookieName::Csrf | CookieName::Reset | CookieName::Revoke | CookieName::Address | CookieName::Notice => {
                None
            }
            CookieName::Language => Some(365 * 24 * 3600),
        }
    }
}

/// How cookies are written and read.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    /// Whether the pages are reached by https.
    https: bool,
}

impl Cookies {
    /// As `pages` keep them.
    pub fn of(pages: &Site) -> Cookies {
        Cookies { https: pages.address.https }
    }

    /// The value of the cookie `name`; none if there is none, or several that a foreign page may have had a hand in.
    pub fn read(self, headers: &HeaderMap, name: CookieName) -> Option<Secret> {
        let name = self.full_name(name);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut values = lines.flat_map(Cookie::split_parse).filter_map(Result::ok).filter(|cookie| cookie.name() == name);
        let value = values.next()?;
        let alone = values.next().is_none() && !value.value().is_empty() && value.value().len() <= MAX_VALUE;
        alone.then(|| Secret::new(value.value()))
    }

    /// The header that sets `name` to `value`, which is base64url or a tag.
    pub fn set(self, name: CookieName, value: &Secret) -> HeaderValue {
        self.write(name, &String::from_utf8_lossy(value.expose()), name.seconds())
    }

    /// The header that removes `name`.
    pub fn remove(self, name: CookieName) -> HeaderValue {
        self.write(name, "", Some(0))
    }

    fn write(self, name: CookieName, value: &str, seconds: Option<i64>) -> HeaderValue {
        // Lax: a link in a mail is followed from another site, and its cookie has to come along on the way to the form.
        let mut cookie = Cookie::build((self.full_name(name), value)).path("/").http_only(true).same_site(SameSite::Lax);
        if self.https {
            cookie = cookie.secure(true);
        }
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let mut line = HeaderValue::from_str(&format!("{}{age}", cookie.build())).unwrap_or(HeaderValue::from_static(""));
        line.set_sensitive(true);
        line
    }

    /// `__Host-` makes browsers refuse the cookie unless it is Secure, for `/`, and for this host alone; they take it
    /// over https only (RFC 6265bis §4.1.3.2).
    fn full_name(self, name: CookieName) -> String {
        if self.https { format!("__Host-{}", name.word()) } else { name.word().to_owned() }
    }
}

/// Bytes of a value that is looked at; tokens have 43, notices name a dozen fields.
const MAX_VALUE: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_follow_the_scheme() {
        let value = Secret::new("abc");
        for (https, name, line) in [
            (true, CookieName::Session, "__Host-session=abc; HttpOnly; SameSite=Lax; Secure; Path=/"),
            (false, CookieName::Session, "session=abc; HttpOnly; SameSite=Lax; Path=/"),
            (true, CookieName::Reset, "__Host-reset=abc; HttpOnly; SameSite=Lax; Secure; Path=/"),
            (true, CookieName::Language, "__Host-language=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=31536000"),
        ] {
            assert_eq!(Cookies { https }.set(name, &value).to_str().unwrap(), line);
        }
        let removed = Cookies { https: true }.remove(CookieName::Session);
        assert_eq!(removed.to_str().unwrap(), "__Host-session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0");
        assert!(removed.is_sensitive());
    }

    #[test]
    fn a_cookie_counts_if_it_is_there_once_under_its_full_name() {
        let read = |https, lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, line.parse().unwrap());
            }
            let value = Cookies { https }.read(&headers, CookieName::Csrf);
            value.map(|value| String::from_utf8(value.expose().to_vec()).unwrap())
        };
        let long = format!("csrf={}", "a".repeat(513));
        for (https, lines, value) in [
            (true, &["a=b; __Host-csrf=abc; c=d"][..], Some("abc")),
            (true, &["a=b", "__Host-csrf=abc"], Some("abc")),
            (true, &["csrf=abc"], None),
            (false, &["csrf=abc"], Some("abc")),
            (false, &["csrf=abc; csrf=def"], None),
            (false, &["csrf=abc", "csrf=def"], None),
            (false, &["csrf="], None),
            (false, &["xcsrf=abc"], None),
            (false, &[long.as_str()], None),
            (false, &[], None),
        ] {
            assert_eq!(read(https, lines).as_deref(), value, "{lines:?}");
        }
    }
}
