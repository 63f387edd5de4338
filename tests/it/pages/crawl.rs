//! Goes wherever a page leads, and finds the forms on the way.

use std::collections::{BTreeMap, VecDeque};

use crate::harness::{Answer, Pages};

/// A form that is sent, as it stands on a page.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// Its fields with what is in them, the token apart.
    pub fields: Vec<(String, String)>,
}

/// Every page that `visitor` gets to from their own account, by its address. Of those that differ in a number or a query
/// alone, a few.
pub fn pages(visitor: &mut Pages) -> BTreeMap<String, Answer> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut waiting: VecDeque<String> = ["/account", "/account/password"].map(str::to_owned).into();
    let mut found = BTreeMap::new();
    while let Some(address) = waiting.pop_front() {
        let alike = seen.entry(shape(&address)).or_default();
        *alike += 1;
        if *alike > ALIKE || found.contains_key(&address) {
            continue;
        }
        let answer = visitor.get(&address);
        waiting.extend(attributes(&answer.body, "href").into_iter().filter(|link| link.starts_with('/') && !link.starts_with("/language")));
        found.insert(address, answer);
    }
    found
}

/// The forms on `pages` that are sent with POST, one of each shape.
pub fn forms(pages: &BTreeMap<String, Answer>) -> Vec<Form> {
    let mut found: BTreeMap<String, Form> = BTreeMap::new();
    for page in pages.values().filter(|page| is_html(page)) {
        for form in page.body.split("<form").skip(1).filter_map(|form| form.split("</form>").next()) {
            let head = form.split('>').next().unwrap_or_default();
            let Some(action) = attributes(head, "action").pop().filter(|_| head.contains("method=\"post\"")) else { continue };
            found.entry(shape(&action)).or_insert_with(|| Form { action, fields: fields(form) });
        }
    }
    found.into_values().collect()
}

/// Whether it is a page, and nothing that is saved as a file.
pub fn is_html(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
}

fn fields(form: &str) -> Vec<(String, String)> {
    let tags = form.split('<').filter(|tag| ["input", "select", "button"].iter().any(|name| tag.starts_with(name)));
    let one = |tag: &str, name| attributes(tag.split('>').next().unwrap_or_default(), name).pop();
    let named = tags.filter_map(|tag| Some((one(tag, "name")?, one(tag, "value").unwrap_or_default())));
    let mut fields: Vec<(String, String)> = named.filter(|(name, _)| name != "csrf").collect();
    fields.dedup_by(|later, earlier| later.0 == earlier.0);
    fields
}

/// The values of the attribute `name` in `html`.
fn attributes(html: &str, name: &str) -> Vec<String> {
    let begins = format!(" {name}=\"");
    let values = html.split(begins.as_str()).skip(1).filter_map(|rest| rest.split('"').next());
    values.map(|value| value.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'")).collect()
}

/// An address without what tells one thing of a kind from another.
fn shape(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let is_id = |part: &str| part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let path: Vec<&str> = path.split('/').map(|part| if is_id(part) { "{id}" } else { part }).collect();
    let query: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", path.join("/"), query.join("&"))
}

/// How many of the same shape are looked at.
const ALIKE: usize = 3;
