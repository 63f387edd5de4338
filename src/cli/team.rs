//! `bindery team`: what managers look after.

use clap::Subcommand;

use super::entry::{account_dns, add, delete, name_filter, rename};
use super::failure::Failure;
use super::membership;
use super::output::{Output, OutputList};
use super::present::{Field, FieldShape, first_value, to_json, to_text};
use super::session::{ACCOUNT, LdapSession, TEAM, replace};

/// What can be done with teams.
#[derive(Debug, Subcommand)]
pub enum TeamVerb {
    /// Add a team
    Add {
        /// The team
        name: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// Login of a manager; may be given several times
        #[arg(long = "manager", value_name = "LOGIN")]
        managers: Vec<String>,
        /// Login of a first member; may be given several times
        #[arg(long = "member", value_name = "LOGIN")]
        members: Vec<String>,
    },
    /// Show a team with its managers and members
    Show {
        /// The team
        name: String,
    },
    /// List teams
    #[command(visible_alias = "ls")]
    List {
        /// Only those whose name contains this
        text: Option<String>,
    },
    /// Change the details and managers of a team
    Set {
        /// The team
        name: String,
        #[command(flatten)]
        details: TeamDetails,
    },
    /// Give a team another name
    Rename {
        /// The team
        name: String,
        /// The new name
        new_name: String,
    },
    /// Add and remove members
    #[command(subcommand)]
    Member(membership::MembershipVerb),
    /// Delete a team; its members stay
    #[command(visible_alias = "rm")]
    Delete {
        /// The team
        name: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// What can be changed.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub struct TeamDetails {
    /// What it is for; an empty text takes it away
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Login of a manager, in place of those it has; may be given several times, an empty one leaves none
    #[arg(long = "manager", value_name = "LOGIN")]
    managers: Vec<String>,
}

/// Does what `verb` says.
pub async fn run(verb: TeamVerb, mut session: LdapSession, output: Output) -> Result<(), Failure> {
    let session = &mut session;
    match verb {
        TeamVerb::Add { name, description, managers, members } => {
            let owners = account_dns(session, &managers);
            let members = account_dns(session, &members);
            let extra = vec![("description", description.into_iter().collect()), ("owner", owners), ("member", members)];
            add(session, &TEAM, &name, extra).await?;
            output.done("added", &format!("team {name}"), &session.dn(&TEAM, &name))?;
            warn_of_mere_users(session, output, &managers).await
        }
        TeamVerb::Show { name } => {
            let entry = session.find(&TEAM, &name, &["*", "+"]).await?;
            output.result(&to_json(FIELDS, &entry), &to_text(FIELDS, &entry))
        }
        TeamVerb::List { text } => list(session, output, text.as_deref()).await,
        TeamVerb::Set { name, details } => set(session, output, &name, details).await,
        TeamVerb::Rename { name, new_name } => rename(session, output, &TEAM, &name, &new_name).await,
        TeamVerb::Member(verb) => membership::run(verb, &TEAM, session, output).await,
        TeamVerb::Delete { name, yes } => delete(session, output, &TEAM, &name, yes).await,
    }
}

async fn set(session: &mut LdapSession, output: Output, name: &str, details: TeamDetails) -> Result<(), Failure> {
    let managers: Vec<String> = details.managers.iter().filter(|login| !login.is_empty()).cloned().collect();
    let mut changes: Vec<_> = details.description.into_iter().map(|text| replace("description", &[text])).collect();
    if !details.managers.is_empty() {
        changes.push(replace("owner", &account_dns(session, &managers)));
    }
    session.change(&TEAM, name, &format!("change the team {name}"), changes).await?;
    output.done("changed", &format!("team {name}"), &session.dn(&TEAM, name))?;
    warn_of_mere_users(session, output, &managers).await
}

/// A manager of a team who has the role of a user can do nothing for it: say so, since it is easily overlooked.
async fn warn_of_mere_users(session: &mut LdapSession, output: Output, managers: &[String]) -> Result<(), Failure> {
    for login in managers {
        let role = session.find(&ACCOUNT, login, &["binderyRole"]).await?.text("binderyRole");
        if role.as_deref() == Some("user") {
            output.note(&format!(
                "warning: {login} has the role user and cannot look after the team yet: bindery account set {login} --role manager"
            ));
        }
    }
    Ok(())
}

async fn list(session: &mut LdapSession, output: Output, text: Option<&str>) -> Result<(), Failure> {
    let mut listing = OutputList::new(output, &["TEAM", "DESCRIPTION", "MANAGERS"]);
    session
        .each(&TEAM, &name_filter("cn", text), &["cn", "description", "owner"], |entry| {
            let managers: Vec<String> = entry.texts("owner").iter().map(|dn| first_value(dn)).collect();
            let cell = |attribute: &str| entry.text(attribute).unwrap_or_default();
            listing.push(&to_json(LIST_FIELDS, entry), vec![cell("cn"), cell("description"), managers.join(", ")])
        })
        .await?;
    listing.finish("no team found")
}

static LIST_FIELDS: &[Field] = &[
    Field::new("name", "Name", "cn", FieldShape::One),
    Field::new("description", "Description", "description", FieldShape::One),
    Field::new("managers", "Managers", "owner", FieldShape::Names("")),
];

static FIELDS: &[Field] = &[
    Field::new("name", "Name", "cn", FieldShape::One),
    Field::new("description", "Description", "description", FieldShape::One),
    Field::new("managers", "Managers", "owner", FieldShape::Names("")),
    Field::new("members", "Members", "member", FieldShape::Names("")),
    Field::new("created", "Created", "createTimestamp", FieldShape::Time),
    Field::new("modified", "Changed", "modifyTimestamp", FieldShape::Time),
    Field::new("uuid", "UUID", "entryUUID", FieldShape::One),
];

/// Shown below the help.
pub const EXAMPLES: &str = "Examples:\n  \
    bindery team add sales --manager louisem --member paulb\n  \
    bindery team member add sales annec\n  \
    bindery team set sales --manager louisem --manager paulb\n  \
    bindery team show sales";
