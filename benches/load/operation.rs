//! The requests that the generator can send.

use crate::Plan;
use crate::ber::{Template, element, text};

/// A kind of request, ready to be sent.
pub struct Operation {
    pub request: Template,
    /// As whom the connection is bound before.
    pub subject: Subject,
    /// How many entries an answer must have.
    pub entries: Option<u64>,
    /// How many numbers there are to fill in.
    pub numbers: u32,
    /// The course it takes beyond one request and one answer.
    pub course: Course,
}

/// As whom a connection is bound before the requests.
#[derive(Clone, Copy, PartialEq)]
pub enum Subject {
    Nobody,
    Service,
    Administrator,
}

/// What makes up one operation.
#[derive(Clone, Copy, PartialEq)]
pub enum Course {
    /// A request and its answer.
    Plain,
    /// A connection of its own: connect, the request and its answer, unbind, until the server has closed.
    Fresh,
    /// All pages of a search.
    Pages,
}

/// Entries in a page of op=dump.
const PAGE: u16 = 500;

/// Six digits fit.
const MOST_NUMBERS: u32 = 1_000_000;

impl Operation {
    /// The operation called `name`.
    pub fn named(name: &str, plan: &Plan) -> Result<Operation, String> {
        if plan.people == 0 || plan.people > MOST_NUMBERS {
            return Err(format!("--people must be between 1 and {MOST_NUMBERS}"));
        }
        let base = &plan.base;
        let people = format!("ou=people,{base}");
        let user = format!("uid=user######,{people}");
        let by_uid = equality("uid", "user######");
        let by_mail = equality("mail", "user######@example.org");
        let plain = |operation: Vec<u8>, subject| Operation {
            request: Template::message(&operation, &[]),
            subject,
            entries: None,
            numbers: plan.people,
            course: Course::Plain,
        };
        let finds =
            |base: &str, filter: Vec<u8>, entries| Operation { entries: Some(entries), ..plain(search(base, &filter), Subject::Service) };
        Ok(match name {
            "bind" => plain(bind(&user, &plan.password), Subject::Nobody),
            "bind-service" => plain(bind(&plan.service_dn, &plan.service_password), Subject::Nobody),
            "fresh" => Operation { course: Course::Fresh, ..plain(bind(&plan.service_dn, &plan.service_password), Subject::Nobody) },
            "whoami" => plain(element(0x77, &element(0x80, b"1.3.6.1.4.1.4203.1.11.3")), Subject::Service),
            "search-uid" => finds(&people, by_uid, 1),
            "search-login" => finds(base, element(0xa1, &[by_uid, by_mail].concat()), 1),
            "search-team" => Operation { numbers: plan.people / 100, ..finds(&people, equality("memberOf", &plan.team_dn), 100) },
            "dump" => Operation { request: page(&people, b""), course: Course::Pages, ..plain(Vec::new(), Subject::Service) },
            "set-password" => plain(replace(&user, "userPassword", &plan.password_value), Subject::Administrator),
            _ => {
                return Err(format!(
                    "there is no operation {name:?}; there are bind, bind-service, fresh, whoami, search-uid, search-login, search-team, \
                     dump, set-password"
                ));
            }
        })
    }
}

/// A simple bind (RFC 4511 §4.2).
pub fn bind(dn: &str, password: &str) -> Vec<u8> {
    element(0x60, &[vec![2, 1, 3], text(dn), element(0x80, password.as_bytes())].concat())
}

/// The bind that a connection of `subject` begins with.
pub fn first_bind(subject: Subject, plan: &Plan) -> Option<Template> {
    let bind = match subject {
        Subject::Nobody => return None,
        Subject::Service => bind(&plan.service_dn, &plan.service_password),
        Subject::Administrator => bind(&plan.admin_dn, &plan.admin_password),
    };
    Some(Template::message(&bind, &[]))
}

/// An unbind (RFC 4511 §4.3).
pub fn unbind() -> Template {
    Template::message(&[0x42, 0], &[])
}

/// One page of everybody (RFC 2696), after the one that gave `cookie`.
pub fn page(base: &str, cookie: &[u8]) -> Template {
    let [high, low] = PAGE.to_be_bytes();
    let value = element(0x30, &[vec![2, 2, high, low], element(4, cookie)].concat());
    let control = element(0x30, &[text("1.2.840.113556.1.4.319"), element(4, &value)].concat());
    Template::message(&search(base, &equality("objectClass", "person")), &element(0xa0, &control))
}

/// A search of the subtree below `base` for uid, cn and mail.
fn search(base: &str, filter: &[u8]) -> Vec<u8> {
    let attributes = ["uid", "cn", "mail"].map(text).concat();
    let scope_and_limits = [10, 1, 2, 10, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1, 0];
    element(0x63, &[&text(base)[..], &scope_and_limits, filter, &element(0x30, &attributes)].concat())
}

fn equality(attribute: &str, value: &str) -> Vec<u8> {
    element(0xa3, &[text(attribute), text(value)].concat())
}

/// A Modify that replaces `attribute` (RFC 4511 §4.6).
fn replace(dn: &str, attribute: &str, value: &str) -> Vec<u8> {
    let modification = element(0x30, &[text(attribute), element(0x31, &text(value))].concat());
    let change = element(0x30, &[vec![10, 1, 2], modification].concat());
    element(0x66, &[text(dn), element(0x30, &change)].concat())
}
