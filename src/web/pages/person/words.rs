//! What a sheet says: labels, what is wrong with a field, and what is known of a person beside the fields.

use super::fields::{last_moment, role_name};
use crate::directory::{Field, FieldFault, SendError, Sheet, SheetError, Wrong};
use crate::text::{moment, until};
use crate::web::visit::error::Fault;
use crate::web::visit::frame::Frame;
use crate::web::visit::problems::Problems;
use crate::web::visit::request::Visit;

/// The key of the label of `field`, for the notice of what was saved.
pub fn label(field: &Field) -> &'static str {
    match field {
        Field::Surname => "person-field-surname",
        Field::FirstName => "person-field-first-name",
        Field::Login => "person-field-login",
        Field::Mail => "person-field-mail",
        Field::Telephone => "person-field-telephone",
        Field::Role => "person-field-role",
        Field::Team => "person-field-team",
        Field::Password => "person-field-password",
        Field::Confirm => "person-field-confirm",
        Field::State => "person-field-state",
        Field::Expires => "person-field-expires",
        Field::MustChange => "person-field-must-change",
        Field::OwnPassword => "person-field-own-password",
    }
}

/// What is wrong, said beside the fields; or what is shown in place of the sheet.
///
/// # Errors
/// The latter.
pub fn problems(page: &Frame, error: SheetError) -> Result<Problems, Fault> {
    match error {
        SheetError::Fields(faults) => {
            let mut problems = Problems::none();
            faults.iter().for_each(|fault| problems.add(name(fault.field), wrong(page, fault)));
            Ok(problems)
        }
        SheetError::Changed => Ok(Problems::one("", page.say("person-changed-meanwhile"))),
        SheetError::LastAdministrator => Ok(Problems::one("", page.say("person-last-administrator"))),
        SheetError::NotSent => Ok(Problems::one("", page.say("person-not-invited"))),
        SheetError::NumbersUsedUp => Ok(Problems::one("", page.say("person-numbers-used-up"))),
        SheetError::NoSuchPerson | SheetError::MustChange => Err(Fault::NotFound),
        SheetError::Denied(_) => Err(Fault::Denied),
        SheetError::Busy => Err(Fault::Busy),
        SheetError::Unavailable => Err(Fault::Unavailable),
    }
}

/// Why nothing was sent.
///
/// # Errors
/// What is shown in place of the sheet.
pub fn not_sent(page: &Frame, error: SendError) -> Result<Problems, Fault> {
    let text = match error {
        SendError::NotOffered => page.say("person-send-not-offered"),
        SendError::NotUsable => page.say("person-send-not-usable"),
        SendError::NoMailAddress => page.say("person-send-no-address"),
        SendError::NewAddress => page.say("person-send-new-address"),
        SendError::TooMany => page.say("person-send-too-many"),
        SendError::NoSuchAccount => return Err(Fault::NotFound),
        SendError::Denied => return Err(Fault::Denied),
        SendError::Unavailable => return Err(Fault::Unavailable),
    };
    Ok(Problems::one("", text))
}

/// What is known of a person and is no field for whoever looks, with its label.
pub fn facts(page: &Frame, visit: &Visit, sheet: &Sheet) -> Vec<(String, String)> {
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
    match sheet.status_word {
        "expired" => say("person-field-state", page.say("person-expired")),
        // Who may change it has a field for it.
        _ if sheet.may.state => {}
        "disabled" => say("person-field-state", page.say("person-disabled")),
        _ => say("person-field-state", page.say("person-active")),
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

/// The name of the input of `field`.
fn name(field: Field) -> &'static str {
    match field {
        Field::Surname => "surname",
        Field::FirstName => "first_name",
        Field::Login => "login",
        Field::Mail => "mail",
        Field::Telephone => "telephone",
        Field::Role => "role",
        Field::Team => "team",
        Field::Password => "password",
        Field::Confirm => "confirm",
        Field::State => "state",
        Field::Expires => "expires",
        Field::MustChange => "must_change",
        Field::OwnPassword => "own_password",
    }
}

fn wrong(page: &Frame, fault: &FieldFault) -> String {
    match (&fault.wrong, fault.field) {
        (Wrong::Missing, Field::Surname) => page.say("person-surname-missing"),
        (Wrong::Missing, Field::Login) => page.say("person-login-missing"),
        (Wrong::Missing, Field::Mail) => page.say("person-mail-missing"),
        (Wrong::Missing, Field::OwnPassword) => page.say("person-own-password-missing"),
        (Wrong::Missing, _) => page.say("person-missing"),
        (Wrong::Malformed, Field::Login) => page.say("person-login-malformed"),
        (Wrong::Malformed, Field::Mail) => page.say("person-mail-malformed"),
        (Wrong::Malformed, Field::Telephone) => page.say("person-telephone-malformed"),
        (Wrong::Malformed, Field::Expires) => page.say("person-expires-malformed"),
        (Wrong::Malformed, _) => page.say("person-malformed"),
        (Wrong::TooLong(_), _) => page.say("person-too-long"),
        (Wrong::Twice, _) => page.say("person-twice"),
        (Wrong::TooMany(most), _) => page.say_number("person-too-many", "most", *most),
        (Wrong::LoginTaken, _) => page.say("person-login-taken"),
        (Wrong::MailIsLogin(mail), _) => page.say_with("person-mail-is-login", "mail", mail),
        (Wrong::NoSuchTeam, _) => page.say("person-no-such-team"),
        (Wrong::Policy(why), _) => page.refusal(why),
        (Wrong::Differs, _) => page.say("pages-confirm-differs"),
        (Wrong::WrongPassword, _) => page.say("person-own-password-wrong"),
        (Wrong::Throttled, _) => page.say("person-own-password-throttled"),
        (Wrong::Past, _) => page.say("person-expires-past"),
    }
}
