//! What a sheet says: labels, what is wrong with a field, and what is known of a person beside the fields.

use super::fields::{last_moment, role_name};
use crate::directory::{PersonSheet, SendError};
use crate::domain::account::State;
use crate::domain::schema::Attribute;
use crate::text::{moment, until};
use crate::web::visit::error::PageFault;
use crate::web::visit::frame::Frame;
use crate::web::visit::problems::Problems;
use crate::web::visit::request::Visit;

/// The key of the label of the field that `attribute` fills in, for the notice of what was saved; none for what only
/// follows from another.
pub fn label(attribute: Attribute) -> Option<&'static str> {
    match attribute {
        Attribute::Sn => Some("person-field-surname"),
        Attribute::GivenName => Some("person-field-first-name"),
        Attribute::Uid => Some("person-field-login"),
        Attribute::Mail => Some("person-field-mail"),
        Attribute::TelephoneNumber => Some("person-field-telephone"),
        Attribute::BinderyRole => Some("person-field-role"),
        Attribute::DepartmentNumber => Some("person-field-team"),
        Attribute::UserPassword => Some("person-field-password"),
        Attribute::AccountStatus => Some("person-field-state"),
        Attribute::AccountExpires => Some("person-field-expires"),
        Attribute::PwdReset => Some("person-field-must-change"),
        _ => None,
    }
}

/// Why nothing was sent.
///
/// # Errors
/// What is shown in place of the sheet.
pub fn not_sent(page: &Frame, error: SendError) -> Result<Problems, PageFault> {
    let text = match error {
        SendError::NotOffered => page.say("person-send-not-offered"),
        SendError::NotUsable => page.say("person-send-not-usable"),
        SendError::NoMailAddress => page.say("person-send-no-address"),
        SendError::NewAddress => page.say("person-send-new-address"),
        SendError::TooMany => page.say("person-send-too-many"),
        SendError::NoSuchAccount => return Err(PageFault::NotFound),
        SendError::Denied => return Err(PageFault::Denied),
        SendError::Unavailable => return Err(PageFault::Unavailable),
    };
    Ok(Problems::one("", text))
}

/// What is known of a person and is no field for whoever looks, with its label.
pub fn facts(page: &Frame, visit: &Visit, sheet: &PersonSheet) -> Vec<(String, String)> {
    let (language, zone) = (page.language, &visit.pages.settings.zone);
    let mut facts = Vec::new();
    let mut say = |label: &str, value: String| facts.push((page.say(label), value));
    if !sheet.may.login {
        say("person-field-login", sheet.login.clone());
    }
    if !sheet.may.mail && !sheet.mails.is_empty() {
        say("person-field-mail", sheet.mails.join(", "));
    }
    if !sheet.may.role {
        say("person-field-role", role_name(page, sheet.role));
    }
    if let Some(team) = sheet.team.as_ref().filter(|_| !sheet.may.team) {
        say("person-field-team", team.clone());
    }
    if !sheet.groups.is_empty() {
        say("person-groups", sheet.groups.join(", "));
    }
    match sheet.state {
        State::Expired => say("person-field-state", page.say("person-expired")),
        // Who may change it has a field for it.
        _ if sheet.may.state => {}
        State::Disabled => say("person-field-state", page.say("person-disabled")),
        State::Active => say("person-field-state", page.say("person-active")),
    }
    if let Some(end) = sheet.expires_at.filter(|_| !sheet.may.state) {
        say("person-field-expires", moment(language, last_moment(end), zone));
    }
    if let Some(end) = sheet.throttled_until {
        say("person-throttled", until(language, end, visit.pages.clock.now(), zone));
    }
    let password = sheet.password_changed_at.map(|at| moment(language, at, zone));
    say("person-password-set", password.unwrap_or_else(|| page.say("person-password-none")));
    if sheet.must_change && !sheet.may.must_change {
        say("person-field-must-change", page.say("person-must-change-yes"));
    }
    say("person-modified", moment(language, sheet.modified_at, zone));
    facts
}
