//! Where the pages are. Links are made of these and of `web.public_url`, never of what a request says.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::error::PageFault;
use crate::domain::id::{Id, OpId};
use crate::web::site::SharedSite;

/// Nothing of its own.
pub const ROOT: &str = "/";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// Signing out.
pub const SIGN_OUT: &str = "/sign-out";
/// Who one is.
pub const ACCOUNT: &str = "/account";
/// One's own password.
pub const PASSWORD: &str = "/account/password";
/// It has been changed.
pub const PASSWORD_DONE: &str = "/account/password/done";
/// Asking for a new password.
pub const FORGOT: &str = "/forgot";
/// It was asked for.
pub const FORGOT_SENT: &str = "/forgot/sent";
/// A mailed link.
pub const MAILED_LINK: &str = "/r/{token}";
/// Its page.
pub const LINK: &str = "/reset";
/// "Send me a new password".
pub const LINK_GENERATED: &str = "/reset/generated";
/// A new password is on its way.
pub const LINK_SENT: &str = "/reset/sent";
/// A password that was chosen.
pub const LINK_CHOSEN: &str = "/reset/chosen";
/// It is set.
pub const LINK_DONE: &str = "/reset/done";
/// A mailed "this was not me" link.
pub const MAILED_NOT_ME: &str = "/n/{token}";
/// Its page.
pub const NOT_ME: &str = "/not-me";
/// The request is taken back.
pub const NOT_ME_DONE: &str = "/not-me/done";
/// The people whom one looks after.
pub const PEOPLE: &str = "/people";
/// Teams.
pub const TEAMS: &str = "/teams";
/// Groups.
pub const GROUPS: &str = "/groups";
/// Service accounts.
pub const APPLICATIONS: &str = "/applications";
/// Who did what.
pub const AUDIT: &str = "/audit";
/// The same as a file.
pub const AUDIT_FILE: &str = "/audit.csv";
/// The mails that wait.
pub const MAIL: &str = "/mail";
/// Trying one of them at once.
pub const MAIL_RETRY: &str = "/mail/retry";
/// Taking one of them out of the queue.
pub const MAIL_DROP: &str = "/mail/{mail}/drop";
/// One's own mail addresses and telephone numbers.
pub const CONTACT: &str = "/account/mail";
/// A mailed link to a new address.
pub const MAILED_ADDRESS: &str = "/m/{token}";
/// Its page.
pub const ADDRESS_LINK: &str = "/account/mail/confirm";
/// What is said of one's own new password while it is typed.
pub const PASSWORD_STRENGTH: &str = "/account/password/strength";
/// The same on a link's page.
pub const LINK_STRENGTH: &str = "/reset/strength";
/// Choosing the language.
pub const LANGUAGE: &str = "/language";
/// Where password managers look for [`PASSWORD`] (W3C, A Well-Known URL for Changing Passwords).
pub const WELL_KNOWN: &str = "/.well-known/change-password";
/// Whether the daemon is well.
pub const HEALTH: &str = "/healthz";

/// The page of the thing `id` of an area.
pub fn of(area: &str, id: Id) -> String {
    format!("{area}/{id}")
}

/// The `{id}` of a path: sixteen digits. Anything else is the address of no page.
#[derive(Clone, Copy, Debug)]
pub struct PathId(pub Id);

impl FromRequestParts<SharedSite> for PathId {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, pages: &SharedSite) -> Result<PathId, PageFault> {
        let Path(text) = Path::<String>::from_request_parts(parts, pages).await.map_err(|_| PageFault::NotFound)?;
        Id::parse(&text).map(PathId).ok_or(PageFault::NotFound)
    }
}

/// Whether `address` is a page of this site that the choice of a language may lead back to.
pub fn is_ours(address: &str) -> bool {
    is_one_of(address, &OPEN) || is_inside(address)
}

/// Whether `address` is a page for people who are signed in, where signing in may lead to.
pub fn is_inside(address: &str) -> bool {
    is_one_of(address, &INSIDE)
}

/// Whether `address` is one of `pages`, with any query. A path is compared as it is written, so that no `..`, and nothing
/// that is encoded, leads anywhere else.
fn is_one_of(address: &str, pages: &[&str]) -> bool {
    let path = address.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let is = |page: &&str| {
        let pattern: Vec<&str> = page.split('/').collect();
        pattern.len() == parts.len() && pattern.iter().zip(&parts).all(|(pattern, part)| is_part(pattern, part))
    };
    address.len() <= MAX_ADDRESS && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && pages.iter().any(is)
}

fn is_part(pattern: &str, part: &str) -> bool {
    match pattern {
        "{id}" => Id::parse(part).is_some(),
        "{mail}" => OpId::parse(part).is_some(),
        pattern => pattern == part,
    }
}

/// What is open to whoever must change their password.
pub const CHANGING: [&str; 2] = [PASSWORD, PASSWORD_STRENGTH];

/// The pages for everybody.
const OPEN: [&str; 8] = [SIGN_IN, FORGOT, FORGOT_SENT, LINK, LINK_SENT, LINK_DONE, NOT_ME, NOT_ME_DONE];

/// The pages for people who are signed in.
const INSIDE: [&str; 25] = [
    ACCOUNT,
    PASSWORD,
    PASSWORD_DONE,
    CONTACT,
    ADDRESS_LINK,
    PEOPLE,
    "/people/new",
    "/people/{id}",
    "/people/{id}/delete",
    TEAMS,
    "/teams/new",
    "/teams/{id}",
    "/teams/{id}/delete",
    GROUPS,
    "/groups/new",
    "/groups/{id}",
    "/groups/{id}/delete",
    APPLICATIONS,
    "/applications/new",
    "/applications/{id}",
    "/applications/{id}/secret",
    "/applications/{id}/delete",
    AUDIT,
    MAIL,
    MAIL_DROP,
];

/// Bytes of an address that is led back to.
const MAX_ADDRESS: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_ends_on_this_site() {
        for (address, ours, inside) in [
            ("/account", true, true),
            ("/account/password", true, true),
            ("/account/../people", false, false),
            ("/people/..//attaquant.example", false, false),
            ("/people/%2e%2e", false, false),
            ("/people/.", false, false),
            ("/people/", false, false),
            ("/people/x", false, false),
            ("/people/00000000000000ff/delete", true, true),
            ("/people/00000000000000ff/link", false, false),
            ("/account/password/strength", false, false),
            ("/people?q=Ren%C3%A9e&after=x", true, true),
            ("/groups/00000000000000ff", true, true),
            ("/sign-in", true, false),
            ("/reset/sent", true, false),
            ("/", false, false),
            ("/accounts", false, false),
            ("/r/token", false, false),
            ("//attaquant.example", false, false),
            ("/\\attaquant.example", false, false),
            ("/account\\..", false, false),
            ("/account\r\nSet-Cookie: a=b", false, false),
            ("/account é", false, false),
            ("https://attaquant.example/account", false, false),
            ("?/account", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_ours(address), is_inside(address)), (ours, inside), "{address}");
        }
        assert!(!is_ours(&format!("/people?q={}", "a".repeat(MAX_ADDRESS))));
    }
}
