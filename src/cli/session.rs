//! A signed-in connection to the daemon, and the few LDAP operations that every command is made of.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::exop::{Exop, PasswordModify, PasswordModifyResp, WhoAmI, WhoAmIResp};
use ldap3::{Ldap, LdapError, LdapResult, Mod, Scope, SearchEntry};

use serde::Serialize;

use super::failure::{Failure, RC_NO_SUCH_ATTRIBUTE, RC_NO_SUCH_OBJECT, WHICH_PORT};
use crate::secret::Secret;

/// A kind of entry: where it lives and what it is called.
#[derive(Debug, PartialEq, Eq)]
pub struct Noun {
    /// What people and the command line call it.
    pub word: &'static str,
    /// The organizational unit below the suffix.
    pub ou: &'static str,
    /// The attribute that names it.
    pub rdn: &'static str,
}

impl Noun {
    /// The word for it on the command line.
    pub fn command(&self) -> &'static str {
        self.word.split(' ').next().unwrap_or(self.word)
    }
}

/// People.
pub static ACCOUNT: Noun = Noun { word: "account", ou: "people", rdn: "uid" };
/// What applications ask for.
pub static GROUP: Noun = Noun { word: "group", ou: "groups", rdn: "cn" };
/// What managers look after.
pub static TEAM: Noun = Noun { word: "team", ou: "teams", rdn: "cn" };
/// How applications bind.
pub static SERVICE: Noun = Noun { word: "service account", ou: "services", rdn: "uid" };

/// As whom the session signs in.
pub enum SignInAs {
    /// As who runs the command, by the socket's peer credentials (SASL EXTERNAL).
    ByTheSocket,
    /// By name and password.
    As {
        /// The DN.
        dn: String,
        /// Its password.
        password: Secret,
    },
}

/// A signed-in connection.
pub struct LdapSession {
    ldap: Ldap,
    suffix: String,
    signed_in: SignInAs,
}

/// One change to an attribute; the names are LDAP's (RFC 4511 §4.6).
pub type AttributeChange = Mod<Vec<u8>>;

/// An entry as it came: values by attribute name in small letters.
#[derive(Debug, Default)]
pub struct ReceivedEntry {
    /// Its DN.
    pub dn: String,
    values: BTreeMap<String, Vec<Vec<u8>>>,
}

impl LdapSession {
    /// Signs in on a fresh connection, and learns the suffix from the root DSE.
    pub async fn sign_in(mut ldap: Ldap, signed_in: SignInAs) -> Result<LdapSession, Failure> {
        let (name, answer) = match &signed_in {
            SignInAs::ByTheSocket => ("the user who runs this".to_owned(), ldap.with_timeout(ANSWER_TIMEOUT).sasl_external_bind().await),
            SignInAs::As { dn, password } => (dn.clone(), ldap.with_timeout(ANSWER_TIMEOUT).simple_bind(dn, text(password)?).await),
        };
        let unheard = |_| Failure::connect("the server closed the connection when asked to sign in").with_remedy(WHICH_PORT);
        let result = answer.map_err(unheard)?;
        if result.rc != 0 {
            let failure = Failure::from_result(&format!("sign in as {name}"), &result).into_connect();
            return Err(match signed_in {
                SignInAs::ByTheSocket => failure.with_remedy("run the command as root, or sign in with --bind-dn"),
                SignInAs::As { .. } => failure,
            });
        }
        let mut session = LdapSession { ldap, suffix: String::new(), signed_in };
        session.suffix = session.naming_context().await?;
        Ok(session)
    }

    async fn naming_context(&mut self) -> Result<String, Failure> {
        let root = self.read("", "(objectClass=*)", Scope::Base, &["namingContexts"]).await?;
        let context = root.first().and_then(|root| root.text("namingContexts"));
        context.ok_or_else(|| Failure::connect("the server does not say which suffix it serves (namingContexts): is it a bindery?"))
    }

    /// The DN of the `noun` called `name`.
    pub fn dn(&self, noun: &Noun, name: &str) -> String {
        format!("{}={},{}", noun.rdn, ldap3::dn_escape(name), self.branch(noun))
    }

    fn branch(&self, noun: &Noun) -> String {
        format!("ou={},{}", noun.ou, self.suffix)
    }

    /// The `noun` called `name` with its `attributes`.
    pub async fn find(&mut self, noun: &Noun, name: &str, attributes: &[&str]) -> Result<ReceivedEntry, Failure> {
        let filter = format!("({}={})", noun.rdn, ldap3::ldap_escape(name));
        let mut found = self.read(&self.branch(noun), &filter, Scope::OneLevel, attributes).await?;
        if found.is_empty() { Err(nobody(noun, name)) } else { Ok(found.swap_remove(0)) }
    }

    async fn read(&mut self, base: &str, filter: &str, scope: Scope, attributes: &[&str]) -> Result<Vec<ReceivedEntry>, Failure> {
        let answer = self.ldap.with_timeout(ANSWER_TIMEOUT).search(base, scope, filter, attributes.to_vec()).await;
        let found = answer.map_err(no_answer)?;
        if found.1.rc != 0 && found.1.rc != RC_NO_SUCH_OBJECT {
            return Err(Failure::from_result(&format!("read {base}"), &found.1));
        }
        let entries = found.0.into_iter().filter(|entry| !entry.is_ref() && !entry.is_intermediate());
        Ok(entries.map(|entry| ReceivedEntry::from(SearchEntry::construct(entry))).collect())
    }

    /// Hands every `noun` that matches `filter` to `visit`, page by page as they arrive.
    pub async fn each(
        &mut self,
        noun: &Noun,
        filter: &str,
        attributes: &[&str],
        mut visit: impl FnMut(&ReceivedEntry) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let attributes: Vec<String> = attributes.iter().map(|name| (*name).to_owned()).collect();
        let adapters: Vec<Box<dyn Adapter<'_, String, Vec<String>>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE_ENTRIES))];
        let branch = self.branch(noun);
        let ldap = self.ldap.with_timeout(ANSWER_TIMEOUT);
        let search = ldap.streaming_search_with(adapters, &branch, Scope::OneLevel, filter, attributes).await;
        let mut stream = search.map_err(no_answer)?;
        while let Some(entry) = stream.next().await.map_err(no_answer)? {
            visit(&ReceivedEntry::from(SearchEntry::construct(entry)))?;
        }
        self.done(&format!("list the {}s", noun.word), stream.finish().await)
    }

    /// Adds an entry (RFC 4511 §4.7); attributes without a value are left out.
    pub async fn add(&mut self, attempt: &str, dn: &str, attributes: Vec<(&str, Vec<Vec<u8>>)>) -> Result<(), Failure> {
        let attributes = attributes
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(name, values)| (name.as_bytes().to_vec(), values.into_iter().collect::<HashSet<_>>()))
            .collect();
        let answer = self.ldap.with_timeout(ANSWER_TIMEOUT).add(dn, attributes).await;
        self.done(attempt, answer.map_err(no_answer)?)
    }

    /// Gives an entry another name (RFC 4511 §4.9).
    pub async fn rename(&mut self, noun: &Noun, old: &str, new: &str) -> Result<(), Failure> {
        let dn = self.dn(noun, old);
        let rdn = format!("{}={}", noun.rdn, ldap3::dn_escape(new));
        let answer = self.ldap.with_timeout(ANSWER_TIMEOUT).modifydn(&dn, &rdn, true, None).await;
        let result = answer.map_err(no_answer)?;
        self.done_with(noun, old, &format!("rename the {} {old} to {new}", noun.word), result)
    }

    /// Deletes an entry (RFC 4511 §4.8).
    pub async fn delete(&mut self, noun: &Noun, name: &str) -> Result<(), Failure> {
        let dn = self.dn(noun, name);
        let answer = self.ldap.with_timeout(ANSWER_TIMEOUT).delete(&dn).await;
        let result = answer.map_err(no_answer)?;
        self.done_with(noun, name, &format!("delete the {} {name}", noun.word), result)
    }

    /// Changes an entry, all of it or nothing (RFC 4511 §4.6). `attempt` is what to say could not be done.
    pub async fn change(&mut self, noun: &Noun, name: &str, attempt: &str, changes: Vec<AttributeChange>) -> Result<(), Failure> {
        let dn = self.dn(noun, name);
        let answer = self.ldap.with_timeout(ANSWER_TIMEOUT).modify(&dn, changes).await;
        self.done_with(noun, name, attempt, answer.map_err(no_answer)?)
    }

    /// Ends the wait after too many wrong passwords.
    pub async fn unlock(&mut self, noun: &Noun, name: &str) -> Result<(), Failure> {
        let change = Mod::Delete(b"pwdAccountLockedTime".to_vec(), HashSet::new());
        match self.change(noun, name, &format!("unlock the {} {name}", noun.word), vec![change]).await {
            // It was not locked: what was asked for holds already.
            Err(failure) if failure.code == Some(RC_NO_SUCH_ATTRIBUTE) => Ok(()),
            other => other,
        }
    }

    /// Sets a password (RFC 3062); none given: the server generates one and gives it back.
    pub async fn set_password(&mut self, noun: &Noun, name: &str, new: Option<&Secret>) -> Result<Option<Secret>, Failure> {
        let dn = &self.dn(noun, name);
        let own = self.is_own(dn).await?;
        let old = match &self.signed_in {
            SignInAs::As { password, .. } if own => Some(text(password)?),
            _ => None,
        };
        let new = new.map(text).transpose()?;
        let request = PasswordModify { user_id: Some(dn), old_pass: old, new_pass: new };
        let answer = self.ldap.with_timeout(ANSWER_TIMEOUT).extended(request).await.map_err(no_answer)?;
        self.done_with(noun, name, &format!("set the password of the {} {name}", noun.word), answer.1)?;
        let generated = answer.0.val.is_some().then(|| answer.0.parse::<PasswordModifyResp>().gen_pass);
        Ok(generated.map(|password| Secret::new(password.into_bytes())))
    }

    /// An extended operation of Bindery's own, with its value in JSON; gives the value of the answer.
    pub async fn extended(&mut self, attempt: &str, name: &str, value: &impl Serialize) -> Result<Option<Vec<u8>>, Failure> {
        let value = serde_json::to_vec(value).map_err(|error| Failure::refused(format!("cannot {attempt}: {error}")))?;
        let request = Exop { name: Some(name.to_owned()), val: Some(value) };
        let answer = self.ldap.with_timeout(ANSWER_TIMEOUT).extended(request).await.map_err(no_answer)?;
        self.done(attempt, answer.1)?;
        Ok(answer.0.val)
    }

    /// Whether `dn` is who is signed in: one's own password needs the old one beside the new one.
    async fn is_own(&mut self, dn: &str) -> Result<bool, Failure> {
        if matches!(self.signed_in, SignInAs::ByTheSocket) {
            return Ok(false);
        }
        let answer = self.ldap.with_timeout(ANSWER_TIMEOUT).extended(WhoAmI).await.map_err(no_answer)?;
        if answer.1.rc != 0 || answer.0.val.is_none() {
            return Ok(false);
        }
        let me = answer.0.parse::<WhoAmIResp>().authzid;
        Ok(me.strip_prefix("dn:").is_some_and(|me| me.eq_ignore_ascii_case(dn)))
    }

    fn done(&self, attempt: &str, result: LdapResult) -> Result<(), Failure> {
        if result.rc == 0 { Ok(()) } else { Err(Failure::from_result(attempt, &result)) }
    }

    fn done_with(&self, noun: &Noun, name: &str, attempt: &str, result: LdapResult) -> Result<(), Failure> {
        // With a text, it may be another entry that is missing, such as a member.
        if result.rc == RC_NO_SUCH_OBJECT && result.text.is_empty() { Err(nobody(noun, name)) } else { self.done(attempt, result) }
    }
}

impl ReceivedEntry {
    /// The values of `attribute` that are text, in any case of its name.
    pub fn texts(&self, attribute: &str) -> Vec<String> {
        self.bytes(attribute).iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    /// The first value of `attribute`.
    pub fn text(&self, attribute: &str) -> Option<String> {
        self.bytes(attribute).first().map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// The values of `attribute` as they came.
    pub fn bytes(&self, attribute: &str) -> &[Vec<u8>] {
        self.values.get(&attribute.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }
}

impl From<SearchEntry> for ReceivedEntry {
    fn from(entry: SearchEntry) -> ReceivedEntry {
        let texts = entry.attrs.into_iter().map(|(name, values)| (name, values.into_iter().map(String::into_bytes).collect()));
        let values = texts.chain(entry.bin_attrs).map(|(name, values)| (name.to_ascii_lowercase(), values)).collect();
        ReceivedEntry { dn: entry.dn, values }
    }
}

/// Puts `values` in place of all that `attribute` has; no value: takes the attribute away.
pub fn replace(attribute: &str, values: &[String]) -> AttributeChange {
    let values = values.iter().filter(|value| !value.is_empty()).map(|value| value.clone().into_bytes()).collect();
    Mod::Replace(attribute.as_bytes().to_vec(), values)
}

/// There is no `noun` called `name`.
pub fn nobody(noun: &Noun, name: &str) -> Failure {
    let failure = Failure { code: Some(RC_NO_SUCH_OBJECT), ..Failure::refused(format!("there is no {} {name}", noun.word)) };
    failure.with_remedy(format!("`bindery {} list` shows all there are", noun.command()))
}

fn no_answer(error: LdapError) -> Failure {
    match error {
        LdapError::Timeout { .. } => Failure::connect(format!("the daemon gave no answer within {} seconds", ANSWER_TIMEOUT.as_secs())),
        LdapError::FilterParsing => Failure::usage("the search text cannot be put into a filter"),
        _ => Failure::connect("the daemon closed the connection; it is not known whether the last change was made")
            .with_remedy("see what it says: journalctl -u bindery"),
    }
}

fn text(password: &Secret) -> Result<&str, Failure> {
    std::str::from_utf8(password.expose()).map_err(|_| Failure::usage("the password is not UTF-8"))
}

/// How long an answer may take: a queue full of password checks is the longest wait.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Entries in a page of a list.
const PAGE_ENTRIES: i32 = 500;
