//! `bindery service`: the accounts with which applications bind.

use clap::{Args, Subcommand};

use super::account_arguments::YesNo;
use super::entry::{delete, name_filter, rename};
use super::failure::{Failure, RC_ALREADY_EXISTS};
use super::output::{Output, OutputList};
use super::present::{Field, FieldShape, first_value, to_json, to_text};
use super::session::{AttributeChange, GROUP, LdapSession, SERVICE, replace};

/// What can be done with service accounts.
#[derive(Debug, Subcommand)]
pub enum ServiceVerb {
    /// Add a service account; its generated password is shown once
    Add {
        /// The application
        name: String,
        #[command(flatten)]
        details: ServiceDetails,
    },
    /// Show a service account
    Show {
        /// The application
        name: String,
    },
    /// List service accounts
    #[command(visible_alias = "ls")]
    List {
        /// Only those whose name contains this
        text: Option<String>,
    },
    /// Change what a service account may do
    Set {
        /// The application
        name: String,
        #[command(flatten)]
        details: ServiceDetails,
    },
    /// Give a service account another name; its DN changes
    Rename {
        /// The application
        name: String,
        /// The new name
        new_name: String,
    },
    /// Generate a new password, shown once; the old one ends at once
    Passwd {
        /// The application
        name: String,
    },
    /// Let the application bind no more
    Disable {
        /// The application
        name: String,
    },
    /// Undo disable
    Enable {
        /// The application
        name: String,
    },
    /// End the wait after too many wrong passwords
    Unlock {
        /// The application
        name: String,
    },
    /// Delete a service account
    #[command(visible_alias = "rm")]
    Delete {
        /// The application
        name: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// What a service account may do.
#[derive(Debug, Args)]
pub struct ServiceDetails {
    /// What it is for; an empty text takes it away
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Let it see the members of this group only; an empty name lets it see everybody
    #[arg(long, value_name = "GROUP")]
    limited_to: Option<String>,
    /// Whether it may set people's passwords
    #[arg(long, value_name = "YES|NO", value_enum)]
    may_reset_passwords: Option<YesNo>,
}

/// Does what `verb` says.
pub async fn run(verb: ServiceVerb, mut session: LdapSession, output: Output) -> Result<(), Failure> {
    let session = &mut session;
    match verb {
        ServiceVerb::Add { name, details } => add(session, output, &name, &details).await,
        ServiceVerb::Show { name } => {
            let entry = session.find(&SERVICE, &name, &["*", "+"]).await?;
            output.result(&to_json(FIELDS, &entry), &to_text(FIELDS, &entry))
        }
        ServiceVerb::List { text } => list(session, output, text.as_deref()).await,
        ServiceVerb::Set { name, details } => {
            let changes: Vec<AttributeChange> =
                attributes(session, &details).into_iter().map(|(attribute, values)| replace(attribute, &values)).collect();
            if changes.is_empty() {
                return Err(Failure::usage("nothing to change was named").with_remedy("see `bindery service set --help`"));
            }
            change(session, output, &name, "changed", changes).await
        }
        ServiceVerb::Rename { name, new_name } => rename(session, output, &SERVICE, &name, &new_name).await,
        ServiceVerb::Passwd { name } => secret(session, output, &name, "set the password of").await,
        ServiceVerb::Disable { name } => change(session, output, &name, "disabled", status("disabled")).await,
        ServiceVerb::Enable { name } => change(session, output, &name, "enabled", status("active")).await,
        ServiceVerb::Unlock { name } => {
            session.unlock(&SERVICE, &name).await?;
            output.done("unlocked", &format!("service account {name}"), &session.dn(&SERVICE, &name))
        }
        ServiceVerb::Delete { name, yes } => delete(session, output, &SERVICE, &name, yes).await,
    }
}

async fn add(session: &mut LdapSession, output: Output, name: &str, details: &ServiceDetails) -> Result<(), Failure> {
    let classes = ["top", "account", "simpleSecurityObject"].map(|class| class.as_bytes().to_vec());
    let mut given = vec![("objectClass", classes.to_vec()), ("uid", vec![name.as_bytes().to_vec()])];
    for (attribute, values) in attributes(session, details) {
        given.push((attribute, values.into_iter().filter(|value| !value.is_empty()).map(String::into_bytes).collect()));
    }
    let dn = session.dn(&SERVICE, name);
    session.add(&format!("add the service account {name}"), &dn, given).await.map_err(|failure| match failure.code {
        Some(RC_ALREADY_EXISTS) => failure.with_remedy(format!("`bindery service passwd {name}` gives it a new password")),
        _ => failure,
    })?;
    let generated = secret(session, output, name, "added").await;
    generated.map_err(|failure| {
        failure.with_remedy(format!("it was added, but has no password yet: `bindery service passwd {name}` gives it one"))
    })
}

/// Has a password generated and shows it.
async fn secret(session: &mut LdapSession, output: Output, name: &str, done: &str) -> Result<(), Failure> {
    let dn = session.dn(&SERVICE, name);
    let generated = session.set_password(&SERVICE, name, None).await?;
    let Some(password) = generated else {
        return Err(Failure::refused(format!("the server gave {name} a password and does not say which")));
    };
    output.done_with_secret(done, &format!("service account {name}"), &dn, "password", &password)
}

fn attributes(session: &LdapSession, details: &ServiceDetails) -> Vec<(&'static str, Vec<String>)> {
    let limit = details.limited_to.as_ref().map(|group| if group.is_empty() { String::new() } else { session.dn(&GROUP, group) });
    let grant = details.may_reset_passwords.map(|yes| if yes == YesNo::Yes { "password-reset" } else { "" }.to_owned());
    [("description", details.description.clone()), ("binderyLimitedTo", limit), ("binderyGrant", grant)]
        .into_iter()
        .filter_map(|(attribute, value)| value.map(|value| (attribute, vec![value])))
        .collect()
}

async fn change(session: &mut LdapSession, output: Output, name: &str, done: &str, changes: Vec<AttributeChange>) -> Result<(), Failure> {
    session.change(&SERVICE, name, &format!("change the service account {name}"), changes).await?;
    output.done(done, &format!("service account {name}"), &session.dn(&SERVICE, name))
}

async fn list(session: &mut LdapSession, output: Output, text: Option<&str>) -> Result<(), Failure> {
    let mut listing = OutputList::new(output, &["SERVICE", "DESCRIPTION", "LIMITED TO", "MAY", "STATUS"]);
    let attributes = ["uid", "description", "binderyLimitedTo", "binderyGrant", "accountStatus"];
    session
        .each(&SERVICE, &name_filter("uid", text), &attributes, |entry| {
            let cell = |attribute: &str| entry.text(attribute).unwrap_or_default();
            let limit = first_value(&cell("binderyLimitedTo"));
            let row = vec![cell("uid"), cell("description"), limit, entry.texts("binderyGrant").join(", "), cell("accountStatus")];
            listing.push(&to_json(LIST_FIELDS, entry), row)
        })
        .await?;
    listing.finish("no service account found")
}

fn status(word: &str) -> Vec<AttributeChange> {
    vec![replace("accountStatus", &[word.to_owned()])]
}

static LIST_FIELDS: &[Field] = &[
    Field::new("name", "Name", "uid", FieldShape::One),
    Field::new("description", "Description", "description", FieldShape::One),
    Field::new("limited_to", "Limited to", "binderyLimitedTo", FieldShape::Name),
    Field::new("grants", "May", "binderyGrant", FieldShape::Many),
    Field::new("status", "Status", "accountStatus", FieldShape::One),
];

static FIELDS: &[Field] = &[
    Field::new("name", "Name", "uid", FieldShape::One),
    Field::new("description", "Description", "description", FieldShape::One),
    Field::new("limited_to", "Limited to", "binderyLimitedTo", FieldShape::Name),
    Field::new("grants", "May", "binderyGrant", FieldShape::Many),
    Field::new("status", "Status", "accountStatus", FieldShape::One),
    Field::new("locked", "Locked", "pwdAccountLockedTime", FieldShape::Time),
    Field::new("password_changed", "Password set", "pwdChangedTime", FieldShape::Time),
    Field::new("created", "Created", "createTimestamp", FieldShape::Time),
    Field::new("modified", "Changed", "modifyTimestamp", FieldShape::Time),
    Field::new("uuid", "UUID", "entryUUID", FieldShape::One),
];

/// Shown below the help.
pub const EXAMPLES: &str = "Examples:\n  \
    bindery service add nextcloud --description \"Files\" --limited-to staff\n  \
    bindery service passwd nextcloud\n  \
    bindery service set portal --may-reset-passwords yes\n  \
    bindery service list";
