//! The table over LDAP: with the programs of ldap-utils; what befalls somebody after the bind, on the connection that
//! was theirs before.

use bindery::directory::ChangeOperation;

use super::asked::{Asked, Request};
use super::table::{Action, Cell, Verdict};
use super::world::{NEW_PASSWORD, PASSWORD, World, dn};
use super::{Answer, Expected, Way, walk};
use crate::harness::request::{add, compare, delete, message, modify, rename, set_password};
use crate::harness::{Output, Program, Wire};

#[derive(Default)]
struct Ldap {
    /// Who asks by way of the programs.
    who: &'static str,
    /// The connection of who asks otherwise.
    wire: Option<Wire>,
}

#[test]
fn every_cell_over_ldap() {
    walk(&mut Ldap::default());
}

impl Way for Ldap {
    fn enter(&mut self, world: &World, who: &'static str) {
        self.who = who;
        // With another role one has to bind again.
        let stays = who == "disabled";
        self.wire = stays.then(|| Wire::connect(world.daemon.address()).bound(&dn(who, "self"), PASSWORD));
    }

    fn ask(&mut self, world: &World, cells: &[Cell]) -> Vec<Answer> {
        let asked: Vec<Asked> = cells.iter().map(Asked::of).collect();
        match &mut self.wire {
            Some(wire) => asked.iter().map(|asked| over(wire, asked)).collect(),
            None => self.by_programs(world, &asked),
        }
    }

    /// The setting by which managers add people is one of the pages.
    fn expected(&self, cell: &Cell) -> Expected {
        match (cell.action, cell.who) {
            (Action::AddToOwnTeam, "manager") => Expected { verdicts: vec![Verdict::Refused], audited: true },
            // The connection has ended with the account.
            (_, "disabled") => Expected { verdicts: vec![Verdict::Refused], audited: false },
            _ => Expected::of(cell),
        }
    }

    /// There is no such operation of LDAP.
    fn offers(&self, cell: &Cell) -> bool {
        !matches!(cell.action, Action::SendLink | Action::SendPassword | Action::SignOut)
    }
}

impl Ldap {
    /// Each kind of request has its program, which takes as many of them as there are, except that of passwords.
    fn by_programs(&self, world: &World, asked: &[Asked]) -> Vec<Answer> {
        let mut answers: Vec<Option<Answer>> = vec![None; asked.len()];
        for program in ["ldapsearch", "ldappasswd", "ldapmodify", "ldapmodrdn", "ldapdelete", "ldapadd"] {
            let places: Vec<usize> = (0..asked.len()).filter(|place| program_of(&asked[*place]) == program).collect();
            let alone = matches!(program, "ldapsearch" | "ldappasswd");
            for part in places.chunks(if alone { 1 } else { usize::MAX }) {
                let requests: Vec<&Asked> = part.iter().map(|place| &asked[*place]).collect();
                let given = self.run(world, program, &requests);
                assert_eq!(given.len(), part.len(), "{program} {given:?}");
                part.iter().zip(given).for_each(|(place, answer)| answers[*place] = Some(answer));
            }
        }
        answers.into_iter().map(Option::unwrap).collect()
    }

    fn run(&self, world: &World, name: &str, asked: &[&Asked]) -> Vec<Answer> {
        let mut program = match self.who {
            "anonymous" => Program::new(name).args(["-x", "-H", &format!("ldap://{}", world.daemon.address())]),
            who => world.daemon.client(name, &dn(who, "self"), PASSWORD),
        };
        let mut input = String::new();
        for Asked { dn, request, .. } in asked {
            match request {
                Request::Read => program = program.args(["-LLL", "-s", "base", "-b", dn, "objectClass"]),
                Request::Password { old } => {
                    let old = old.iter().flat_map(|old| ["-a", old]);
                    program = program.args(old).args(["-s", NEW_PASSWORD, dn]);
                }
                Request::Modify(changes) => input += &ldif_of_changes(dn, changes),
                Request::Rename(rdn) => input += &format!("{dn}\n{rdn}\n\n"),
                Request::Delete => program = program.arg(dn),
                Request::Add(given) => {
                    let given: String = given.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
                    input += &format!("dn: {dn}\n{given}\n");
                }
                Request::Send { .. } | Request::EndSessions => panic!("LDAP has no such operation"),
            }
        }
        let program = match name {
            "ldapsearch" | "ldappasswd" => program,
            "ldapmodrdn" => program.args(["-c", "-r"]),
            _ => program.arg("-c"),
        };
        answers(&program.stdin(input).run(), asked.len())
    }
}

fn program_of(asked: &Asked) -> &'static str {
    match asked.request {
        Request::Read => "ldapsearch",
        Request::Password { .. } => "ldappasswd",
        Request::Modify(_) => "ldapmodify",
        Request::Rename(_) => "ldapmodrdn",
        Request::Delete => "ldapdelete",
        Request::Add(_) => "ldapadd",
        Request::Send { .. } | Request::EndSessions => panic!("LDAP has no such operation"),
    }
}

fn ldif_of_changes(dn: &str, changes: &[(ChangeOperation, &str, String)]) -> String {
    let mut text = format!("dn: {dn}\nchangetype: modify\n");
    for (operation, attribute, value) in changes {
        text += &format!("{}: {attribute}\n", word(*operation));
        if !value.is_empty() {
            text += &format!("{attribute}: {value}\n");
        }
        text += "-\n";
    }
    text + "\n"
}

fn word(operation: ChangeOperation) -> &'static str {
    match operation {
        ChangeOperation::Add => "add",
        ChangeOperation::Delete => "delete",
        ChangeOperation::Replace => "replace",
        ChangeOperation::Increment => "increment",
    }
}

/// What a program says of `count` requests: nothing if all went well, and otherwise a few lines for each that did not.
/// They are refused all together or done one by one.
fn answers(output: &Output, count: usize) -> Vec<Answer> {
    if output.code == Some(0) {
        return vec![Answer::Done; count];
    }
    let said =
        format!("{}{}", output.stderr, output.stdout.lines().filter(|line| !line.contains("ing entry")).collect::<Vec<_>>().join("\n"));
    let mut blocks: Vec<(u8, String)> = Vec::new();
    for line in said.lines() {
        let code = line.rsplit_once('(').and_then(|(_, code)| code.strip_suffix(')')?.parse().ok());
        match (code, blocks.last_mut()) {
            (Some(code), _) => blocks.push((code, String::new())),
            (None, Some((_, text))) => *text += line.trim(),
            (None, None) => {}
        }
    }
    assert_eq!(blocks.len(), count, "{output:#?}");
    blocks.iter().map(|(code, text)| answer(*code, text)).collect()
}

fn over(wire: &mut Wire, asked: &Asked) -> Answer {
    let dn = &asked.dn;
    let operation = match &asked.request {
        Request::Read => compare(dn, "objectClass", "top"),
        Request::Password { old } => set_password(dn, old.unwrap_or_default(), NEW_PASSWORD),
        Request::Rename(rdn) => rename(dn, rdn),
        Request::Delete => delete(dn),
        Request::Add(given) => {
            let values: Vec<[&str; 1]> = given.iter().map(|(_, value)| [value.as_str()]).collect();
            let given: Vec<(&str, &[&str])> = given.iter().zip(&values).map(|((name, _), value)| (*name, value.as_slice())).collect();
            add(dn, &given)
        }
        Request::Modify(changes) => {
            let values: Vec<Vec<&str>> =
                changes.iter().map(|(.., value)| if value.is_empty() { vec![] } else { vec![value.as_str()] }).collect();
            let number = |operation| ["add", "delete", "replace"].iter().position(|known| *known == word(operation)).unwrap();
            let changes =
                changes.iter().zip(&values).map(|((operation, name, _), values)| (number(*operation) as u8, *name, values.as_slice()));
            modify(dn, &changes.collect::<Vec<_>>())
        }
        Request::Send { .. } | Request::EndSessions => panic!("LDAP has no such operation"),
    };
    // Behind a notice of disconnection there is no answer.
    wire.ask(&message(2, &operation)).map_or(Answer::Refused, |reply| answer(reply.code, &reply.matched))
}

/// The codes of RFC 4511, appendix A.2.
fn answer(code: u8, said: &str) -> Answer {
    match code {
        0 | 6 => Answer::Done,
        8 | 50 => Answer::Refused,
        19 if said.contains("the last administrator") => Answer::LastAdministrator,
        32 => Answer::Hidden(said.to_owned()),
        _ => panic!("code {code}: {said}"),
    }
}
