//! Members of groups and teams.

use std::collections::HashSet;

use clap::Subcommand;
use ldap3::Mod;

use super::failure::{Failure, RC_NO_SUCH_ATTRIBUTE, RC_VALUE_EXISTS};
use super::output::Output;
use super::session::{ACCOUNT, LdapSession, Noun};

/// What can be done with members.
#[derive(Debug, Subcommand)]
pub enum MembershipVerb {
    /// Add members
    Add(MembersArguments),
    /// Remove members
    #[command(visible_alias = "rm")]
    Remove(MembersArguments),
}

/// A group or team, and people.
#[derive(Debug, clap::Args)]
pub struct MembersArguments {
    /// The group or team
    name: String,
    /// The logins
    #[arg(required = true, value_name = "LOGIN")]
    logins: Vec<String>,
}

/// Adds or removes members of the `noun`. The first refusal ends it; who was done before is said.
pub async fn run(verb: MembershipVerb, noun: &'static Noun, session: &mut LdapSession, output: Output) -> Result<(), Failure> {
    let (MembershipVerb::Add(members) | MembershipVerb::Remove(members)) = &verb;
    for login in &members.logins {
        let (done, way) = match &verb {
            MembershipVerb::Add(_) => (join(session, noun, &members.name, login).await?, ("added", "to")),
            MembershipVerb::Remove(_) => (leave(session, noun, &members.name, login).await?, ("removed", "from")),
        };
        let whom = format!("{login} {} {} {}", way.1, noun.word, members.name);
        match done {
            Done::Changed => output.done(way.0, &whom, &session.dn(noun, &members.name))?,
            Done::AlreadySo => output.done("unchanged", &whom, &session.dn(noun, &members.name))?,
        }
    }
    Ok(())
}

/// What became of a change of membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was made.
    Changed,
    /// It was so before.
    AlreadySo,
}

/// Makes `login` a member.
pub async fn join(session: &mut LdapSession, noun: &Noun, name: &str, login: &str) -> Result<Done, Failure> {
    let member = member(session, login);
    let attempt = format!("add {login} to the {} {name}", noun.word);
    let change = Mod::Add(b"member".to_vec(), member);
    or_already(session.change(noun, name, &attempt, vec![change]).await, RC_VALUE_EXISTS)
}

async fn leave(session: &mut LdapSession, noun: &Noun, name: &str, login: &str) -> Result<Done, Failure> {
    let member = member(session, login);
    let attempt = format!("remove {login} from the {} {name}", noun.word);
    let change = Mod::Delete(b"member".to_vec(), member);
    or_already(session.change(noun, name, &attempt, vec![change]).await, RC_NO_SUCH_ATTRIBUTE)
}

fn member(session: &LdapSession, login: &str) -> HashSet<Vec<u8>> {
    HashSet::from([session.dn(&ACCOUNT, login).into_bytes()])
}

fn or_already(done: Result<(), Failure>, already: u32) -> Result<Done, Failure> {
    match done {
        Ok(()) => Ok(Done::Changed),
        Err(failure) if failure.code == Some(already) => Ok(Done::AlreadySo),
        Err(failure) => Err(failure),
    }
}
