//! What each kind of mail says, in the language of whoever reads it.

use std::time::Duration;

use zeroize::Zeroizing;

use super::MailSettings;
use super::document::{Block, ButtonLink, Document};
use crate::directory::{By, Content, Letter, MailedLink, Occasion};
use crate::domain::caller::Source;
use crate::domain::language::Language;
use crate::domain::outbox::{Fate, PasswordWay};
use crate::domain::reset::ResetRequested;
use crate::domain::time::UnixTime;
use crate::secret::Secret;
use crate::text::{self, MessageValue, Texts};

/// Writes mails in one language, as of one moment.
pub struct Composer<'a> {
    texts: &'a Texts,
    settings: &'a MailSettings,
    language: Language,
    now: UnixTime,
}

/// Writes `letter` as of `now`, in the language of its account, else of the organisation, else of the page that was used.
pub fn compose(texts: &Texts, settings: &MailSettings, letter: &Letter, now: UnixTime) -> Document {
    let page = match &letter.content {
        Content::ResetLinks { requested, .. } | Content::GeneratedPassword { requested, .. } => Some(requested.language),
        Content::PasswordNotice { language, .. } => *language,
        Content::AddressLink { requested, .. } => Some(requested.language),
        Content::AddressNotice { .. } => None,
    };
    let language = letter.language.or(settings.language).or(page).unwrap_or(Language::English);
    let composer = Composer { texts, settings, language, now };
    let mut blocks = vec![composer.hello(letter.name.as_deref())];
    let subject = match &letter.content {
        Content::ResetLinks { links, requested, valid_for, occasion: Occasion::Asked } => {
            composer.reset_links(links, requested, *valid_for, &mut blocks);
            "mails-reset-subject"
        }
        Content::ResetLinks { links, requested, valid_for, occasion: Occasion::Sent(by) } => {
            links.iter().for_each(|link| composer.sent_link(link, by, requested, *valid_for, &mut blocks));
            "mails-reset-subject"
        }
        Content::ResetLinks { links, valid_for, occasion: Occasion::Welcome(by), .. } => {
            links.iter().for_each(|link| composer.invitation(link, by, *valid_for, &mut blocks));
            "mails-welcome-subject"
        }
        Content::GeneratedPassword { login, password, is_first, must_change, good_for, requested, by } => {
            composer.generated(login, password, *is_first, &mut blocks);
            composer.generated_then(*must_change, *good_for, requested, by.as_ref(), &mut blocks);
            if *is_first { "mails-generated-subject-first" } else { "mails-generated-subject" }
        }
        Content::AddressNotice { login, by, source, at, fate } => {
            let facts = vec![composer.when(*at), composer.from(*source), composer.by(by)];
            composer.address_notice(login, *fate, facts, &mut blocks);
            "mails-address-subject"
        }
        Content::AddressLink { login, token, valid_for, requested } => {
            composer.address_link(login, token, *valid_for, requested, &mut blocks);
            "mails-confirm-subject"
        }
        Content::PasswordNotice { login, by, source, at, way, language: _ } => {
            let facts = vec![composer.when(*at), composer.from(*source), composer.fact("mails-fact-how", composer.how(by, *way))];
            composer.notice(login, facts, &mut blocks);
            "mails-notice-subject"
        }
    };
    composer.document(subject, blocks)
}

/// Writes a test mail that goes out by `relay`.
pub fn compose_test(texts: &Texts, settings: &MailSettings, relay: &str, now: UnixTime) -> Document {
    let composer = Composer { texts, settings, language: settings.language.unwrap_or(Language::English), now };
    let facts = vec![composer.when(now), composer.fact("mails-fact-relay", relay.to_owned())];
    let blocks = vec![composer.hello(None), composer.paragraph("mails-test-works", &[composer.site()]), Block::Facts(facts)];
    composer.document("mails-test-subject", blocks)
}

impl Composer<'_> {
    fn reset_links(&self, links: &[MailedLink], requested: &ResetRequested, valid_for: Duration, blocks: &mut Vec<Block>) {
        let (site, only) = (self.site(), if let [link] = links { Some(&link.login) } else { None });
        blocks.push(match only {
            Some(login) => self.paragraph("mails-reset-for-one", &[("login", MessageValue::Text(login)), site]),
            None => self.paragraph("mails-reset-for-several", &[site]),
        });
        for link in links {
            let label = match only {
                Some(_) => self.say("mails-reset-button", &[]),
                None => self.say("mails-reset-button-for", &[("login", MessageValue::Text(&link.login))]),
            };
            blocks.push(Block::Action(ButtonLink { label, url: self.with_token("r", &link.token) }));
        }
        blocks.push(self.validity("mails-reset-validity", valid_for));
        blocks.push(Block::Facts(vec![self.when(requested.at), self.from(requested.source)]));
        blocks.push(self.paragraph("mails-reset-not-me", &[]));
        for link in links {
            let label = match only {
                Some(_) => self.say("mails-reset-not-me-button", &[]),
                None => self.say("mails-reset-not-me-button-for", &[("login", MessageValue::Text(&link.login))]),
            };
            blocks.push(Block::Aside(ButtonLink { label, url: self.with_token("n", &link.revoke) }));
        }
    }

    fn sent_link(&self, link: &MailedLink, by: &By, requested: &ResetRequested, valid_for: Duration, blocks: &mut Vec<Block>) {
        blocks.push(self.paragraph(
            "mails-sent",
            &[("name", MessageValue::Text(&self.name_of(by))), ("login", MessageValue::Text(&link.login)), self.site()],
        ));
        blocks.push(Block::Action(ButtonLink { label: self.say("mails-reset-button", &[]), url: self.with_token("r", &link.token) }));
        blocks.push(self.validity("mails-reset-validity", valid_for));
        blocks.push(Block::Facts(vec![self.when(requested.at), self.by(by)]));
        blocks.push(self.paragraph("mails-sent-not-me", &[]));
        blocks.push(Block::Aside(ButtonLink { label: self.say("mails-sent-not-me-button", &[]), url: self.with_token("n", &link.revoke) }));
    }

    fn invitation(&self, link: &MailedLink, by: &By, valid_for: Duration, blocks: &mut Vec<Block>) {
        blocks.push(self.paragraph("mails-welcome", &[self.site()]));
        blocks.push(Block::Facts(vec![self.fact("mails-fact-login", link.login.clone()), self.by(by)]));
        blocks.push(self.paragraph("mails-welcome-open", &[]));
        blocks.push(Block::Action(ButtonLink { label: self.say("mails-welcome-button", &[]), url: self.with_token("r", &link.token) }));
        blocks.push(self.validity("mails-welcome-validity", valid_for));
        blocks.push(Block::Aside(self.link("mails-welcome-again-button", "/forgot")));
        blocks.push(self.paragraph("mails-welcome-not-me", &[]));
        blocks.push(Block::Aside(ButtonLink {
            label: self.say("mails-welcome-not-me-button", &[]),
            url: self.with_token("n", &link.revoke),
        }));
    }

    fn generated(&self, login: &str, password: &Secret, is_first: bool, blocks: &mut Vec<Block>) {
        let about = [("login", MessageValue::Text(login)), self.site()];
        blocks.push(match is_first {
            true => self.paragraph("mails-generated-here-first", &about),
            false => self.paragraph("mails-generated-here", &about),
        });
        blocks.push(Block::Password(Zeroizing::new(String::from_utf8_lossy(password.expose()).into_owned())));
        if !is_first {
            blocks.push(self.paragraph("mails-generated-replaces", &[]));
        }
        blocks.push(self.paragraph("mails-generated-how", &[]));
    }

    fn generated_then(
        &self,
        must_change: bool,
        good_for: Option<Duration>,
        requested: &ResetRequested,
        by: Option<&By>,
        blocks: &mut Vec<Block>,
    ) {
        if let Some(good_for) = good_for {
            let lasting = text::lasting(self.language, good_for);
            blocks.push(self.paragraph("mails-generated-good-for", &[("lasting", MessageValue::Text(&lasting))]));
        }
        blocks.push(match must_change {
            true => self.paragraph("mails-generated-must-change", &[]),
            false => self.paragraph("mails-generated-keep", &[]),
        });
        blocks.push(Block::Action(self.link("mails-generated-button", "/account/password")));
        let who = by.map_or_else(|| self.from(requested.source), |by| self.by(by));
        blocks.push(Block::Facts(vec![self.when(requested.at), who]));
        blocks.push(self.paragraph("mails-generated-delete", &[]));
        blocks.push(match by {
            Some(_) => self.paragraph("mails-generated-not-expected", &[]),
            None => self.paragraph("mails-generated-not-me", &[]),
        });
    }

    fn notice(&self, login: &str, facts: Vec<(String, String)>, blocks: &mut Vec<Block>) {
        blocks.push(self.paragraph("mails-notice-changed", &[("login", MessageValue::Text(login)), self.site()]));
        blocks.push(Block::Facts(facts));
        blocks.push(self.paragraph("mails-notice-was-me", &[]));
        blocks.push(self.paragraph("mails-notice-not-me", &[]));
        blocks.push(Block::Aside(self.link("mails-notice-button", "/forgot")));
    }

    fn address_notice(&self, login: &str, fate: Fate, facts: Vec<(String, String)>, blocks: &mut Vec<Block>) {
        let about = [("login", MessageValue::Text(login)), self.site()];
        blocks.push(match fate {
            Fate::Removed => self.paragraph("mails-address-removed", &about),
            Fate::Added => self.paragraph("mails-address-added", &about),
            Fate::Kept => self.paragraph("mails-address-kept", &about),
        });
        blocks.push(Block::Facts(facts));
        blocks.push(self.paragraph("mails-address-was-me", &[]));
        blocks.push(match fate {
            Fate::Removed | Fate::Kept => self.paragraph("mails-address-not-me", &[]),
            Fate::Added => self.paragraph("mails-address-not-mine", &[]),
        });
    }

    fn address_link(&self, login: &str, token: &Secret, valid_for: Duration, requested: &ResetRequested, blocks: &mut Vec<Block>) {
        blocks.push(self.paragraph("mails-confirm", &[("login", MessageValue::Text(login)), self.site()]));
        blocks.push(Block::Action(ButtonLink { label: self.say("mails-confirm-button", &[]), url: self.with_token("m", token) }));
        blocks.push(self.validity("mails-confirm-validity", valid_for));
        blocks.push(Block::Facts(vec![self.when(requested.at), self.from(requested.source)]));
        blocks.push(self.paragraph("mails-confirm-not-me", &[]));
    }

    fn document(&self, subject: &str, blocks: Vec<Block>) -> Document {
        let help = match &self.settings.support {
            Some(support) => self.say("mails-help", &[("support", MessageValue::Text(support))]),
            None => self.say("mails-help-manager", &[]),
        };
        Document {
            language: self.language,
            subject: self.say(subject, &[self.site()]),
            site: self.settings.site.clone(),
            colour: self.settings.colour,
            blocks,
            or_copy: self.say("mails-or-copy", &[]),
            footer: vec![help, self.say("mails-automatic", &[self.site()])],
        }
    }

    fn hello(&self, name: Option<&str>) -> Block {
        match name {
            Some(name) => self.paragraph("mails-hello-named", &[("name", MessageValue::Text(name))]),
            None => self.paragraph("mails-hello", &[]),
        }
    }

    fn how(&self, by: &By, way: PasswordWay) -> String {
        match (way, by) {
            (PasswordWay::ResetChosen, _) => self.say("mails-way-chosen", &[]),
            (PasswordWay::ResetGenerated, By::Other(name)) => self.say("mails-way-sent", &[("name", MessageValue::Text(name))]),
            (PasswordWay::ResetGenerated, By::Owner | By::System) => self.say("mails-way-generated", &[]),
            (PasswordWay::Own, _) | (PasswordWay::Other, By::Owner) => self.say("mails-way-own", &[]),
            (PasswordWay::Other, By::Other(name)) => self.say("mails-way-other", &[("name", MessageValue::Text(name))]),
            (PasswordWay::Other, By::System) => self.say("mails-way-system", &[]),
        }
    }

    /// Who did it, as the end of a fact.
    fn by(&self, by: &By) -> (String, String) {
        self.fact("mails-fact-who", self.name_of(by))
    }

    fn name_of(&self, by: &By) -> String {
        match by {
            By::Owner => self.say("mails-who-owner", &[]),
            By::Other(name) => name.clone(),
            By::System => self.say("mails-who-system", &[]),
        }
    }

    /// Until when links are valid.
    fn validity(&self, key: &str, valid_for: Duration) -> Block {
        let (lasting, until) = (text::lasting(self.language, valid_for), self.until(valid_for));
        self.paragraph(key, &[("lasting", MessageValue::Text(&lasting)), ("until", MessageValue::Text(&until))])
    }

    fn when(&self, at: UnixTime) -> (String, String) {
        self.fact("mails-fact-when", text::moment(self.language, at, &self.settings.zone))
    }

    fn from(&self, source: Source) -> (String, String) {
        let from = match source {
            Source::Address(address) => {
                self.say("mails-from-address", &[("address", MessageValue::Text(&address.to_canonical().to_string()))])
            }
            Source::Socket(_) | Source::Internal => self.say("mails-from-server", &[]),
        };
        self.fact("mails-fact-where", from)
    }

    fn fact(&self, key: &str, value: String) -> (String, String) {
        (self.say(key, &[]), value)
    }

    fn until(&self, valid_for: Duration) -> String {
        text::until(self.language, self.now.plus(valid_for), self.now, &self.settings.zone)
    }

    fn link(&self, label: &str, path: &str) -> ButtonLink {
        ButtonLink { label: self.say(label, &[]), url: Zeroizing::new(format!("{}{path}", self.settings.public_url)) }
    }

    fn with_token(&self, path: &str, token: &Secret) -> Zeroizing<String> {
        let token = Zeroizing::new(String::from_utf8_lossy(token.expose()).into_owned());
        Zeroizing::new(format!("{}/{path}/{}", self.settings.public_url, *token))
    }

    fn site(&self) -> (&'static str, MessageValue<'_>) {
        ("site", MessageValue::Text(&self.settings.site))
    }

    fn paragraph(&self, key: &str, values: &[(&str, MessageValue<'_>)]) -> Block {
        Block::Paragraph(self.say(key, values))
    }

    fn say(&self, key: &str, values: &[(&str, MessageValue<'_>)]) -> String {
        self.texts.say(self.language, key, values)
    }
}
