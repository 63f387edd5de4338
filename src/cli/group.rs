//! `bindery group`: what applications ask for.

use clap::Subcommand;

use super::failure::{Failure, RC_ALREADY_EXISTS};
use super::input::confirm;
use super::membership;
use super::output::{Output, OutputList};
use super::present::{Field, FieldShape, to_json, to_text};
use super::session::{ACCOUNT, GROUP, LdapSession, Noun, replace};

/// What can be done with groups.
#[derive(Debug, Subcommand)]
pub enum GroupVerb {
    /// Add a group
    Add {
        /// The group
        name: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// Login of a first member; may be given several times
        #[arg(long = "member", value_name = "LOGIN")]
        members: Vec<String>,
    },
    /// Show a group with its members
    Show {
        /// The group
        name: String,
    },
    /// List groups
    #[command(visible_alias = "ls")]
    List {
        /// Only those whose name contains this
        text: Option<String>,
    },
    /// Change the details of a group
    Set {
        /// The group
        name: String,
        /// What it is for; an empty text takes it away
        #[arg(long, value_name = "TEXT", required = true)]
        description: Option<String>,
    },
    /// Give a group another name
    Rename {
        /// The group
        name: String,
        /// The new name
        new_name: String,
    },
    /// Add and remove members
    #[command(subcommand)]
    Member(membership::MembershipVerb),
    /// Delete a group; its members stay
    #[command(visible_alias = "rm")]
    Delete {
        /// The group
        name: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Does what `verb` says.
pub async fn run(verb: GroupVerb, mut session: LdapSession, output: Output) -> Result<(), Failure> {
    let session = &mut session;
    match verb {
        GroupVerb::Add { name, description, members } => {
            let members = account_dns(session, &members);
            add(session, (&GROUP, &name), vec![("description", description.into_iter().collect()), ("member", members)]).await?;
            output.done("added", &format!("group {name}"), &session.dn(&GROUP, &name))
        }
        GroupVerb::Show { name } => {
            let entry = session.find(&GROUP, &name, &["*", "+"]).await?;
            output.result(&to_json(FIELDS, &entry), &to_text(FIELDS, &entry))
        }
        GroupVerb::List { text } => list(session, output, text.as_deref()).await,
        GroupVerb::Set { name, description } => {
            let description: Vec<String> = description.into_iter().collect();
            let change = vec![replace("description", &description)];
            session.change((&GROUP, &name), &format!("change the group {name}"), change).await?;
            output.done("changed", &format!("group {name}"), &session.dn(&GROUP, &name))
        }
        GroupVerb::Rename { name, new_name } => rename(session, output, &GROUP, (&name, &new_name)).await,
        GroupVerb::Member(verb) => membership::run(verb, &GROUP, session, output).await,
        GroupVerb::Delete { name, yes } => delete(session, output, &GROUP, (&name, yes)).await,
    }
}

/// Adds a group or team with `extra` attributes beside its name.
pub async fn add(session: &mut LdapSession, (noun, name): (&Noun, &str), extra: Vec<(&str, Vec<String>)>) -> Result<(), Failure> {
    let mut attributes = vec![("objectClass", vec![b"top".to_vec(), b"groupOfNames".to_vec()]), ("cn", vec![name.as_bytes().to_vec()])];
    for (attribute, values) in extra {
        attributes.push((attribute, values.into_iter().filter(|value| !value.is_empty()).map(String::into_bytes).collect()));
    }
    let dn = session.dn(noun, name);
    session.add(&format!("add the {} {name}", noun.word), &dn, attributes).await.map_err(|failure| match failure.code {
        Some(RC_ALREADY_EXISTS) => failure.with_remedy(format!("`bindery {} show {name}` shows it", noun.command())),
        _ => failure,
    })
}

/// Gives an entry another name, and says so.
pub async fn rename(session: &mut LdapSession, output: Output, noun: &Noun, (old, new): (&str, &str)) -> Result<(), Failure> {
    session.rename(noun, old, new).await?;
    output.done("renamed", &format!("{} {old} to {new}", noun.word), &session.dn(noun, new))
}

/// Deletes an entry after asking, and says so.
pub async fn delete(session: &mut LdapSession, output: Output, noun: &Noun, (name, yes): (&str, bool)) -> Result<(), Failure> {
    confirm(&format!("Delete the {} {name} for good?", noun.word), yes)?;
    session.delete(noun, name).await?;
    output.done("deleted", &format!("{} {name}", noun.word), &session.dn(noun, name))
}

async fn list(session: &mut LdapSession, output: Output, text: Option<&str>) -> Result<(), Failure> {
    let mut listing = OutputList::new(output, &["GROUP", "DESCRIPTION", "GID"]);
    let attributes = ["cn", "description", "gidNumber"];
    session
        .each(&GROUP, (&name_filter("cn", text), &attributes), |entry| {
            let row = attributes.iter().map(|attribute| entry.text(attribute).unwrap_or_default()).collect();
            listing.push(&to_json(LIST_FIELDS, entry), row)
        })
        .await?;
    listing.finish("no group found")
}

/// Matches names that contain `text`, or all.
pub fn name_filter(attribute: &str, text: Option<&str>) -> String {
    match text {
        Some(text) if !text.is_empty() => format!("({attribute}=*{}*)", ldap3::ldap_escape(text)),
        _ => format!("({attribute}=*)"),
    }
}

/// The DN of an account, for `member` and `owner`.
pub fn account_dns(session: &LdapSession, logins: &[String]) -> Vec<String> {
    logins.iter().map(|login| session.dn(&ACCOUNT, login)).collect()
}

static LIST_FIELDS: &[Field] = &[
    Field::new("name", "Name", "cn", FieldShape::One),
    Field::new("description", "Description", "description", FieldShape::One),
    Field::new("gid_number", "GID number", "gidNumber", FieldShape::Number),
];

static FIELDS: &[Field] = &[
    Field::new("name", "Name", "cn", FieldShape::One),
    Field::new("description", "Description", "description", FieldShape::One),
    Field::new("members", "Members", "member", FieldShape::Names("")),
    Field::new("gid_number", "GID number", "gidNumber", FieldShape::Number),
    Field::new("created", "Created", "createTimestamp", FieldShape::Time),
    Field::new("modified", "Changed", "modifyTimestamp", FieldShape::Time),
    Field::new("uuid", "UUID", "entryUUID", FieldShape::One),
];

/// Shown below the help.
pub const EXAMPLES: &str = "Examples:\n  \
    bindery group add staff --description \"Everybody in the office\" --member louisem\n  \
    bindery group member add staff paulb annec\n  \
    bindery group member remove staff paulb\n  \
    bindery group show staff --json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_searched_for_literally() {
        assert_eq!(name_filter("cn", None), "(cn=*)");
        assert_eq!(name_filter("cn", Some("")), "(cn=*)");
        assert_eq!(name_filter("cn", Some("a*b")), r"(cn=*a\2ab*)");
    }
}
