//! `bindery group`: what applications ask for.

use clap::Subcommand;

use super::entry::{account_dns, add, delete, name_filter, rename};
use super::failure::Failure;
use super::membership;
use super::output::{Output, OutputList};
use super::present::{Field, FieldShape, to_json, to_text};
use super::session::{GROUP, LdapSession, replace};

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
            add(session, &GROUP, &name, vec![("description", description.into_iter().collect()), ("member", members)]).await?;
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
            session.change(&GROUP, &name, &format!("change the group {name}"), change).await?;
            output.done("changed", &format!("group {name}"), &session.dn(&GROUP, &name))
        }
        GroupVerb::Rename { name, new_name } => rename(session, output, &GROUP, &name, &new_name).await,
        GroupVerb::Member(verb) => membership::run(verb, &GROUP, session, output).await,
        GroupVerb::Delete { name, yes } => delete(session, output, &GROUP, &name, yes).await,
    }
}

async fn list(session: &mut LdapSession, output: Output, text: Option<&str>) -> Result<(), Failure> {
    let mut listing = OutputList::new(output, &["GROUP", "DESCRIPTION", "GID"]);
    let attributes = ["cn", "description", "gidNumber"];
    session
        .each(&GROUP, &name_filter("cn", text), &attributes, |entry| {
            let row = attributes.iter().map(|attribute| entry.text(attribute).unwrap_or_default()).collect();
            listing.push(&to_json(LIST_FIELDS, entry), row)
        })
        .await?;
    listing.finish("no group found")
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
