//! What commands of several kinds of entry do alike: add, rename, delete, and name people.

use super::failure::{Failure, RC_ALREADY_EXISTS};
use super::input::confirm;
use super::output::Output;
use super::session::{ACCOUNT, LdapSession, Noun};

/// Adds a group or team with `extra` attributes beside its name.
pub async fn add(session: &mut LdapSession, noun: &Noun, name: &str, extra: Vec<(&str, Vec<String>)>) -> Result<(), Failure> {
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
pub async fn rename(session: &mut LdapSession, output: Output, noun: &Noun, old: &str, new: &str) -> Result<(), Failure> {
    session.rename(noun, old, new).await?;
    output.done("renamed", &format!("{} {old} to {new}", noun.word), &session.dn(noun, new))
}

/// Deletes an entry after asking, and says so.
pub async fn delete(session: &mut LdapSession, output: Output, noun: &Noun, name: &str, yes: bool) -> Result<(), Failure> {
    confirm(&format!("Delete the {} {name} for good?", noun.word), yes)?;
    session.delete(noun, name).await?;
    output.done("deleted", &format!("{} {name}", noun.word), &session.dn(noun, name))
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
