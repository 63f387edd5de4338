//! Where the pages are. Links are made of these and of `web.public_url`, never of what a request says.

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
/// Choosing the language.
pub const LANGUAGE: &str = "/language";
/// Where password managers look for [`PASSWORD`] (W3C, A Well-Known URL for Changing Passwords).
pub const WELL_KNOWN: &str = "/.well-known/change-password";
/// Whether the daemon is well.
pub const HEALTH: &str = "/healthz";

/// The pages that the choice of a language may lead back to.
pub const PLACES: [&str; 11] =
    [SIGN_IN, ACCOUNT, PASSWORD, PASSWORD_DONE, FORGOT, FORGOT_SENT, LINK, LINK_SENT, LINK_DONE, NOT_ME, NOT_ME_DONE];
