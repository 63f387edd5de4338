//! The pages as HTTP: what every answer carries, who may send a form, whose word is taken, and what is too much. What the
//! pages do for people is in `reset` and `browser`.

mod answers;
mod bounds;
mod crawl;
mod forms;
mod groups;
mod hostile;
mod hosts;
mod inside;
mod languages;
mod own;
mod people;
mod proxies;
mod sessions;
mod strength;
mod tls;

/// The pages that can be opened by whoever comes along, with their status.
const OPEN: [(&str, u16); 12] = [
    ("/", 303),
    ("/sign-in", 200),
    ("/account", 303),
    ("/account/password", 303),
    ("/.well-known/change-password", 303),
    ("/forgot", 200),
    ("/forgot/sent", 200),
    ("/reset", 404),
    ("/reset/sent", 200),
    ("/reset/done", 200),
    ("/not-me", 200),
    ("/not-me/done", 200),
];
