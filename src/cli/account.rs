//! `bindery account`: people.

use clap::Subcommand;

use super::account_arguments::AccountDetails;
use super::entry::{delete, rename};
use super::failure::{Failure, RC_ALREADY_EXISTS};
use super::input::{Chosen, NewPasswordArguments};
use super::membership;
use super::output::{Output, OutputList};
use super::present::{Field, FieldShape, to_json, to_text};
use super::session::{ACCOUNT, AttributeChange, GROUP, LdapSession, ReceivedEntry, replace};
use crate::secret;

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountVerb {
    /// Add an account
    Add {
        /// The login
        login: String,
        #[command(flatten)]
        details: AccountDetails,
        /// Make them a member of this group; may be given several times
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
        #[command(flatten)]
        password: NewPasswordArguments,
        /// Add it without a password: nobody can sign in until one is set
        #[arg(long, group = "new_password")]
        no_password: bool,
    },
    /// Show an account
    Show {
        /// The login
        login: String,
    },
    /// List accounts
    #[command(visible_alias = "ls")]
    List(Wanted),
    /// Change the details of an account; an empty value takes a detail away
    Set {
        /// The login
        login: String,
        #[command(flatten)]
        details: AccountDetails,
    },
    /// Give an account another login
    Rename {
        /// The login
        login: String,
        /// The new login
        new_login: String,
    },
    /// Set the password of an account
    Passwd {
        /// The login
        login: String,
        #[command(flatten)]
        password: NewPasswordArguments,
    },
    /// Let nobody sign in to an account
    Disable {
        /// The login
        login: String,
    },
    /// Undo disable
    Enable {
        /// The login
        login: String,
    },
    /// End the wait after too many wrong passwords
    Unlock {
        /// The login
        login: String,
    },
    /// Delete an account
    #[command(visible_alias = "rm")]
    Delete {
        /// The login
        login: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Which accounts are listed.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    /// Only those whose login, name or mail address contains this
    text: Option<String>,
    /// Only members of this team
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    /// Only members of this group
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Only those with this role
    #[arg(long, value_name = "ROLE", ignore_case = true, value_parser = ["user", "manager", "administrator"])]
    role: Option<String>,
    /// Only those with this status
    #[arg(long, value_name = "STATUS", ignore_case = true, value_parser = ["active", "disabled", "expired"])]
    status: Option<String>,
}

/// Does what `verb` says.
pub async fn run(verb: AccountVerb, mut session: LdapSession, output: Output) -> Result<(), Failure> {
    match verb {
        AccountVerb::Add { login, details, groups, password, no_password } => {
            let chosen = if no_password { None } else { Some(password.read(&login)?) };
            add(&mut session, output, &login, &details, chosen).await?;
            for group in groups {
                membership::join(&mut session, &GROUP, &group, &login).await?;
            }
            Ok(())
        }
        AccountVerb::Show { login } => {
            let entry = session.find(&ACCOUNT, &login, &["*", "+"]).await?;
            output.result(&to_json(FIELDS, &entry), &to_text(FIELDS, &entry))
        }
        AccountVerb::List(wanted) => list(&mut session, output, &wanted).await,
        AccountVerb::Set { login, details } => set(&mut session, output, &login, &details).await,
        AccountVerb::Rename { login, new_login } => rename(&mut session, output, &ACCOUNT, &login, &new_login).await,
        AccountVerb::Passwd { login, password } => passwd(&mut session, output, &login, &password).await,
        AccountVerb::Disable { login } => change(&mut session, output, &login, "disabled", status("disabled")).await,
        AccountVerb::Enable { login } => change(&mut session, output, &login, "enabled", status("active")).await,
        AccountVerb::Unlock { login } => {
            session.unlock(&ACCOUNT, &login).await?;
            output.done("unlocked", &format!("account {login}"), &session.dn(&ACCOUNT, &login))
        }
        AccountVerb::Delete { login, yes } => delete(&mut session, output, &ACCOUNT, &login, yes).await,
    }
}

async fn add(
    session: &mut LdapSession,
    output: Output,
    login: &str,
    details: &AccountDetails,
    chosen: Option<Chosen>,
) -> Result<(), Failure> {
    let dn = session.dn(&ACCOUNT, login);
    let given = details.attributes();
    let surname = details.surname.as_deref().unwrap_or(login);
    let full_name = full_name(details.given_name.as_deref().unwrap_or_default(), surname);
    let mut attributes = vec![("objectClass", bytes(CLASSES)), ("uid", bytes(&[login]))];
    for (name, default) in [("cn", full_name.as_str()), ("sn", surname)] {
        if !given.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            attributes.push((name, bytes(&[default])));
        }
    }
    for (name, values) in &given {
        attributes.push((name, values.iter().filter(|value| !value.is_empty()).map(|value| value.clone().into_bytes()).collect()));
    }
    let (password, generated) = match chosen {
        None => (None, false),
        Some(Chosen::Password(password)) => (Some(password), false),
        Some(Chosen::Generate) => (Some(secret::generated_password()), true),
    };
    // In the same request as everything else: a refused password leaves no account behind.
    attributes.extend(password.iter().map(|password| ("userPassword", vec![password.expose().to_vec()])));
    session.add(&format!("add the account {login}"), &dn, attributes).await.map_err(|failure| match failure.code {
        Some(RC_ALREADY_EXISTS) => failure.with_remedy(format!("`bindery account set {login}` changes it")),
        _ => failure,
    })?;
    let whom = format!("account {login}");
    match password.filter(|_| generated) {
        Some(password) => output.done_with_secret("added", &whom, &dn, "password", &password),
        None => output.done("added", &whom, &dn),
    }
}

async fn set(session: &mut LdapSession, output: Output, login: &str, details: &AccountDetails) -> Result<(), Failure> {
    let mut attributes = details.something()?;
    let names_cn = attributes.iter().any(|(name, _)| name.eq_ignore_ascii_case("cn"));
    if !names_cn && (details.given_name.is_some() || details.surname.is_some()) {
        let entry = session.find(&ACCOUNT, login, &["cn", "givenName", "sn"]).await?;
        attributes.extend(new_full_name(&entry, details).map(|name| ("cn".to_owned(), vec![name])));
    }
    let changes = attributes.iter().map(|(name, values)| replace(name, values)).collect();
    change(session, output, login, "changed", changes).await
}

/// The `cn` after a change of name, unless it was something other than first name and family name before.
fn new_full_name(entry: &ReceivedEntry, details: &AccountDetails) -> Option<String> {
    let (given, surname) = (entry.text("givenName").unwrap_or_default(), entry.text("sn").unwrap_or_default());
    if entry.text("cn")? != full_name(&given, &surname) {
        return None;
    }
    let name = full_name(details.given_name.as_deref().unwrap_or(&given), details.surname.as_deref().unwrap_or(&surname));
    (!name.is_empty()).then_some(name)
}

async fn passwd(session: &mut LdapSession, output: Output, login: &str, password: &NewPasswordArguments) -> Result<(), Failure> {
    let dn = session.dn(&ACCOUNT, login);
    let chosen = match password.read(login)? {
        Chosen::Password(password) => Some(password),
        Chosen::Generate => None,
    };
    let generated = session.set_password(&ACCOUNT, login, chosen.as_ref()).await?;
    let whom = format!("the password of account {login}");
    match generated {
        Some(password) => output.done_with_secret("set", &whom, &dn, "password", &password),
        None => output.done("set", &whom, &dn),
    }
}

async fn change(session: &mut LdapSession, output: Output, login: &str, done: &str, changes: Vec<AttributeChange>) -> Result<(), Failure> {
    session.change(&ACCOUNT, login, &format!("change the account {login}"), changes).await?;
    output.done(done, &format!("account {login}"), &session.dn(&ACCOUNT, login))
}

async fn list(session: &mut LdapSession, output: Output, wanted: &Wanted) -> Result<(), Failure> {
    let group = wanted.group.as_ref().map(|group| session.dn(&GROUP, group));
    let filter = filter(wanted, group.as_deref());
    let mut listing = OutputList::new(output, &["LOGIN", "NAME", "MAIL", "TEAM", "ROLE", "STATUS"]);
    let attributes = ["uid", "cn", "mail", "departmentNumber", "binderyRole", "accountStatus", "pwdAccountLockedTime"];
    session
        .each(&ACCOUNT, &filter, &attributes, |entry| {
            let cell = |attribute: &str| entry.text(attribute).unwrap_or_default();
            let row = attributes.iter().take(6).map(|attribute| cell(attribute)).collect();
            listing.push(&to_json(LIST_FIELDS, entry), row)
        })
        .await?;
    listing.finish("no account found")
}

fn filter(wanted: &Wanted, group: Option<&str>) -> String {
    let mut filter = String::from("(&(objectClass=person)");
    if let Some(text) = &wanted.text {
        let text = ldap3::ldap_escape(text.as_str());
        filter.push_str(&format!("(|(uid=*{text}*)(cn=*{text}*)(mail=*{text}*))"));
    }
    for (attribute, value) in [
        ("departmentNumber", wanted.team.as_deref()),
        ("binderyRole", wanted.role.as_deref()),
        ("accountStatus", wanted.status.as_deref()),
        ("memberOf", group),
    ] {
        if let Some(value) = value {
            filter.push_str(&format!("({attribute}={})", ldap3::ldap_escape(value)));
        }
    }
    filter + ")"
}

fn status(word: &str) -> Vec<AttributeChange> {
    vec![replace("accountStatus", &[word.to_owned()])]
}

fn full_name(given: &str, surname: &str) -> String {
    format!("{given} {surname}").trim().to_owned()
}

fn bytes(values: &[&str]) -> Vec<Vec<u8>> {
    values.iter().map(|value| value.as_bytes().to_vec()).collect()
}

const CLASSES: &[&str] = &["top", "person", "organizationalPerson", "inetOrgPerson"];

static LIST_FIELDS: &[Field] = &[
    Field::new("login", "Login", "uid", FieldShape::One),
    Field::new("name", "Name", "cn", FieldShape::One),
    Field::new("mail", "Mail", "mail", FieldShape::Many),
    Field::new("team", "Team", "departmentNumber", FieldShape::One),
    Field::new("role", "Role", "binderyRole", FieldShape::One),
    Field::new("status", "Status", "accountStatus", FieldShape::One),
    Field::new("locked", "Locked", "pwdAccountLockedTime", FieldShape::Time),
];

static FIELDS: &[Field] = &[
    Field::new("login", "Login", "uid", FieldShape::One),
    Field::new("name", "Name", "cn", FieldShape::One),
    Field::new("given_name", "First name", "givenName", FieldShape::One),
    Field::new("surname", "Family name", "sn", FieldShape::One),
    Field::new("display_name", "Display name", "displayName", FieldShape::One),
    Field::new("mail", "Mail", "mail", FieldShape::Many),
    Field::new("telephone", "Telephone", "telephoneNumber", FieldShape::Many),
    Field::new("mobile", "Mobile", "mobile", FieldShape::Many),
    Field::new("language", "Language", "preferredLanguage", FieldShape::One),
    Field::new("title", "Title", "title", FieldShape::One),
    Field::new("description", "Description", "description", FieldShape::One),
    Field::new("employee_number", "Employee number", "employeeNumber", FieldShape::One),
    Field::new("team", "Team", "departmentNumber", FieldShape::One),
    Field::new("groups", "Groups", "memberOf", FieldShape::Names("groups")),
    Field::new("role", "Role", "binderyRole", FieldShape::One),
    Field::new("status", "Status", "accountStatus", FieldShape::One),
    Field::new("expires", "Expires", "accountExpires", FieldShape::Time),
    Field::new("locked", "Locked", "pwdAccountLockedTime", FieldShape::Time),
    Field::new("must_change", "Must change it", "pwdReset", FieldShape::Flag),
    Field::new("password_changed", "Password set", "pwdChangedTime", FieldShape::Time),
    Field::new("uid_number", "UID number", "uidNumber", FieldShape::Number),
    Field::new("gid_number", "GID number", "gidNumber", FieldShape::Number),
    Field::new("home", "Home", "homeDirectory", FieldShape::One),
    Field::new("shell", "Shell", "loginShell", FieldShape::One),
    Field::new("created", "Created", "createTimestamp", FieldShape::Time),
    Field::new("modified", "Changed", "modifyTimestamp", FieldShape::Time),
    Field::new("uuid", "UUID", "entryUUID", FieldShape::One),
];

/// Shown below the help.
pub const EXAMPLES: &str = "Examples:\n  \
    bindery account add louisem --given-name Louise --surname Martin --mail louise@example.org --team sales --generate\n  \
    bindery account list --team sales\n  \
    bindery account set louisem --role manager --mail louise.martin@example.org\n  \
    bindery account passwd louisem\n  \
    bindery account show louisem --json\n  \
    bindery account list --uri ldaps://ldap.example.org --bind-dn uid=admin,ou=people,dc=example,dc=org";

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted { text: None, team: None, group: None, role: None, status: None }
    }

    #[test]
    fn what_is_wanted_becomes_a_filter() {
        assert_eq!(filter(&wanted(), None), "(&(objectClass=person))");
        let wanted = Wanted { text: Some("a*(b".to_owned()), team: Some("R&D)".to_owned()), ..wanted() };
        let expected =
            r"(&(objectClass=person)(|(uid=*a\2a\28b*)(cn=*a\2a\28b*)(mail=*a\2a\28b*))(departmentNumber=R&D\29)(memberOf=cn=x))";
        assert_eq!(filter(&wanted, Some("cn=x")), expected);
    }
}
