//! What a refused edit means on a page: one table from what is wrong to the input beside which it is said, and to its
//! text in the reader's language.

use super::error::PageFault;
use super::frame::Frame;
use super::problems::Problems;
use crate::directory::{
    AccountError, EditError, EditFault, GroupError, MembershipError, NewAddressRefusal, OwnPassword, ServiceError, Wrong,
};
use crate::domain::login::LoginRefusal;
use crate::domain::schema::{Attribute, InvalidValue};

/// A form, whose inputs and texts are its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditForm {
    /// The sheet of a person.
    Person,
    /// One's own addresses and numbers.
    Contact,
    /// The name and description of a group or team.
    Group,
    /// The people who are put into a group or team; the name of the input.
    People(&'static str),
    /// An application.
    Application,
}

impl Problems {
    /// What `error` says is wrong with the form.
    ///
    /// # Errors
    /// What is shown in place of the page, where it has nothing to do with what was filled in.
    pub fn of_edit(page: &Frame, form: EditForm, error: EditError) -> Result<Problems, PageFault> {
        match error {
            EditError::Stale => Ok(Problems::one("", page.say(stale(form)))),
            EditError::Faults(faults) => {
                let mut problems = Problems::none();
                for fault in order(form, faults) {
                    problems.add(input(form, &fault), text(page, form, &fault));
                }
                Ok(problems)
            }
            EditError::NotFound(_)
            | EditError::Denied(_)
            | EditError::BindFirst
            | EditError::MustChange
            | EditError::OldPasswordRequired
            | EditError::Busy
            | EditError::Unavailable => Err(error.into()),
        }
    }
}

fn stale(form: EditForm) -> &'static str {
    match form {
        EditForm::Person => "person-changed-meanwhile",
        EditForm::Contact => "contact-changed",
        EditForm::Group | EditForm::People(_) => "groups-changed",
        EditForm::Application => "applications-changed",
    }
}

/// The faults in the order of the form's inputs, each input's first one alone. What is wrong with the full name follows
/// from what is wrong with the names that it is composed of.
fn order(form: EditForm, mut faults: Vec<EditFault>) -> Vec<EditFault> {
    let is_composed = |fault: &EditFault| matches!(fault.attribute, Some(Attribute::Cn | Attribute::DisplayName));
    if form == EditForm::Person && faults.iter().any(|fault| matches!(fault.attribute, Some(Attribute::Sn | Attribute::GivenName))) {
        faults.retain(|fault| !is_composed(fault));
    }
    let place = |fault: &EditFault| INPUTS.iter().position(|input| *input == self::input(form, fault)).unwrap_or_default();
    faults.sort_by_key(place);
    faults.dedup_by(|one, other| input(form, one) == input(form, other));
    faults
}

/// The name of the input beside which `fault` is said; empty: above the form.
fn input(form: EditForm, fault: &EditFault) -> &'static str {
    match (form, &fault.wrong, fault.attribute) {
        (EditForm::Contact, Wrong::OwnPassword(_), _) => "password",
        (_, Wrong::OwnPassword(_), _) => "own_password",
        (_, Wrong::ConfirmationDiffers, _) => "confirm",
        (EditForm::People(input), ..) => input,
        (EditForm::Application | EditForm::Group, _, Some(Attribute::Uid | Attribute::Cn)) => "name",
        (_, _, Some(attribute)) => match attribute {
            Attribute::Sn | Attribute::Cn | Attribute::DisplayName => "surname",
            Attribute::GivenName => "first_name",
            Attribute::Uid => "login",
            Attribute::Mail => "mail",
            Attribute::TelephoneNumber => "telephone",
            Attribute::BinderyRole => "role",
            Attribute::DepartmentNumber => "team",
            Attribute::UserPassword => "password",
            Attribute::AccountStatus => "state",
            Attribute::AccountExpires => "expires",
            Attribute::PwdReset => "must_change",
            Attribute::Description => "description",
            Attribute::BinderyLimitedTo => "limited_to",
            _ => "",
        },
        (_, _, None) => "",
    }
}

fn text(page: &Frame, form: EditForm, fault: &EditFault) -> String {
    match &fault.wrong {
        Wrong::Password(refusal) => page.refusal(refusal),
        Wrong::ConfirmationDiffers => page.say("pages-confirm-differs"),
        Wrong::OwnPassword(wrong) => page.say(own_password(form, *wrong)),
        Wrong::NotSent => page.say("person-not-invited"),
        Wrong::Past => page.say("person-expires-past"),
        Wrong::NumbersUsedUp(_) => page.say(if form == EditForm::Group { "groups-numbers-used-up" } else { "person-numbers-used-up" }),
        Wrong::Account(error) => of_account(page, form, error),
        Wrong::MailTaken(mail) => page.say_with("pages-mail-taken", "mail", mail),
        Wrong::NewAddress(refusal) => page.say(match refusal {
            NewAddressRefusal::OneAtATime => "contact-one-at-a-time",
            NewAddressRefusal::TooMany => "contact-too-often",
            NewAddressRefusal::NoMail => "contact-no-mail",
            NewAddressRefusal::OnThePage | NewAddressRefusal::NotAwaited => "contact-link-dead-text",
        }),
        Wrong::Login(LoginRefusal::Characters) => page.say("person-login-not-plain"),
        Wrong::Login(LoginRefusal::Reserved) => page.say("person-login-reserved"),
        Wrong::Group(error) => match error {
            GroupError::TooManyOwners => page.say("groups-too-many-managers"),
            GroupError::TooManyOwned(login) => page.say_with("groups-too-many-owned", "login", login),
            GroupError::GroupTaken(_)
            | GroupError::TeamTaken(_)
            | GroupError::NumberTaken(_)
            | GroupError::NoSuchOwner
            | GroupError::Gone => page.say("groups-name-taken"),
        },
        Wrong::Service(error) => page.say(match error {
            ServiceError::UidTaken(_) => "applications-name-taken",
            ServiceError::UidIsAccount(_) | ServiceError::UidIsMail(_) => "applications-name-of-person",
            ServiceError::NoSuchGroup | ServiceError::Gone => "applications-no-such-group",
        }),
        Wrong::Membership(error) => of_membership(page, error),
        Wrong::NoSuchAccount(login) => page.say_with("groups-no-such-person", "login", login),
        Wrong::NoSuchGroup { .. } => {
            page.say(if form == EditForm::Application { "applications-no-such-group" } else { "person-no-such-team" })
        }
        Wrong::Present(value) if matches!(form, EditForm::People(_)) => {
            page.say_with("groups-already", "login", &String::from_utf8_lossy(value))
        }
        Wrong::TooMany(most) => match form {
            EditForm::People(_) => page.say_number("groups-too-many-named", "count", *most),
            EditForm::Contact => page.say_number("contact-too-many", "most", *most),
            EditForm::Person | EditForm::Group | EditForm::Application => page.say_number("person-too-many", "most", *most),
        },
        Wrong::Missing => page.say(missing(form, fault.attribute)),
        Wrong::Repeated | Wrong::Present(_) => page.say(if form == EditForm::Contact { "contact-twice" } else { "person-twice" }),
        Wrong::Invalid(InvalidValue::TooLong(_)) | Wrong::TooLarge { .. } if form == EditForm::Person => page.say("person-too-long"),
        Wrong::Invalid(_) | Wrong::TooLarge { .. } | Wrong::Unreadable | Wrong::BadName(_) | Wrong::Rule(..) => {
            page.say(malformed(form, fault.attribute))
        }
    }
}

fn own_password(form: EditForm, wrong: OwnPassword) -> &'static str {
    match (form, wrong) {
        (EditForm::Contact, OwnPassword::Missing) => "contact-password-missing",
        (EditForm::Contact, OwnPassword::Wrong) => "pages-old-wrong",
        (EditForm::Contact, OwnPassword::Throttled) => "pages-sign-in-throttled",
        (_, OwnPassword::Missing) => "pages-own-password-missing",
        (_, OwnPassword::Wrong) => "pages-own-password-wrong",
        (_, OwnPassword::Throttled) => "pages-own-password-throttled",
    }
}

fn of_account(page: &Frame, form: EditForm, error: &AccountError) -> String {
    match error {
        AccountError::UidTaken(_) | AccountError::UidIsService(_) | AccountError::UidIsMail { .. } => page.say("person-login-taken"),
        AccountError::MailIsUid { mail, .. } | AccountError::MailIsService(mail) => {
            page.say_with(if form == EditForm::Contact { "contact-mail-is-login" } else { "person-mail-is-login" }, "mail", mail)
        }
        AccountError::TooManyMails => {
            let key = if form == EditForm::Contact { "contact-too-many" } else { "person-too-many" };
            page.say_number(key, "most", crate::directory::MAX_MAILS)
        }
        AccountError::LastAdministrator(_) => page.say("person-last-administrator"),
        AccountError::NumberTaken(_) | AccountError::Gone => page.say("person-numbers-used-up"),
    }
}

fn of_membership(page: &Frame, error: &MembershipError) -> String {
    match error {
        MembershipError::AlreadyMember { login, .. } => page.say_with("groups-already", "login", login),
        MembershipError::InOtherTeam { login, other, .. } => page.say_values("groups-in-other-team", &[("login", login), ("team", other)]),
        MembershipError::TooManyGroups { login } => page.say_with("groups-too-many-groups", "login", login),
        MembershipError::NotMember { login, .. } => page.say_with("groups-no-such-person", "login", login),
        MembershipError::Gone => page.say("groups-changed"),
    }
}

fn missing(form: EditForm, attribute: Option<Attribute>) -> &'static str {
    match (form, attribute) {
        (EditForm::People(_), _) => "groups-nobody-named",
        (EditForm::Group, _) => "groups-name-missing",
        (EditForm::Application, _) => "applications-name-missing",
        (_, Some(Attribute::Sn)) => "person-surname-missing",
        (_, Some(Attribute::Uid)) => "person-login-missing",
        (_, Some(Attribute::Mail)) => "person-mail-missing",
        (_, _) => "person-missing",
    }
}

fn malformed(form: EditForm, attribute: Option<Attribute>) -> &'static str {
    match (form, attribute) {
        (EditForm::Group, Some(Attribute::Description)) => "groups-description-wrong",
        (EditForm::Group | EditForm::People(_), _) => "groups-name-malformed",
        (EditForm::Application, Some(Attribute::Description)) => "applications-description-unusable",
        (EditForm::Application, _) => "applications-name-unusable",
        (EditForm::Contact, Some(Attribute::TelephoneNumber)) => "contact-telephone-malformed",
        (EditForm::Contact, _) => "contact-mail-malformed",
        (EditForm::Person, Some(Attribute::Uid)) => "person-login-malformed",
        (EditForm::Person, Some(Attribute::Mail)) => "person-mail-malformed",
        (EditForm::Person, Some(Attribute::TelephoneNumber)) => "person-telephone-malformed",
        (EditForm::Person, Some(Attribute::AccountExpires)) => "person-expires-malformed",
        (EditForm::Person, _) => "person-malformed",
    }
}

/// The inputs of all forms, in the order in which they stand there.
const INPUTS: [&str; 17] = [
    "",
    "surname",
    "first_name",
    "name",
    "login",
    "mail",
    "telephone",
    "role",
    "team",
    "password",
    "confirm",
    "state",
    "expires",
    "must_change",
    "description",
    "limited_to",
    "own_password",
];
