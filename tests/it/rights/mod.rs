//! Who may do what, cell by cell of one table (`table.rs`), by each way there is to ask: the use cases, LDAP with the
//! programs that administrators use, and the pages with forms that no page shows.
//!
//! What is allowed has its effect. What is refused changes nothing at all in the store, and the audit says who was
//! refused; what is hidden is answered as what does not exist.

mod asked;
mod grids;
mod ldap;
mod pages;
mod table;
mod use_cases;
mod world;

use std::collections::BTreeMap;

use bindery::domain::audit::{AuditEvent, AuditRow};

use bindery::domain::caller::Actor;

use asked::Asked;
use table::{Action, Cell, SETTINGS, SUBJECTS, Setting, Verdict, cells};
use world::{World, changed, told};

/// A way to ask.
trait Way {
    /// Signs `who` in, before anything befalls them.
    fn enter(&mut self, world: &World, who: &'static str);

    /// Asks for all of `cells`, none of which is expected to change anything for another; gives what was answered, in
    /// their order.
    fn ask(&mut self, world: &World, cells: &[Cell]) -> Vec<Answer>;

    /// Whether this cell can be asked for.
    fn offers(&self, cell: &Cell) -> bool;

    /// What comes of it by this way.
    fn expected(&self, cell: &Cell) -> Expected {
        Expected::of(cell)
    }
}

/// What comes of a cell by a way, which may give away less than the table says.
struct Expected {
    /// One of them.
    verdicts: Vec<Verdict>,
    /// Whether a refusal is written down.
    audited: bool,
}

impl Expected {
    /// Of a way that gives away what the table says.
    fn of(cell: &Cell) -> Expected {
        let verdict = if cell.verdict == Verdict::Listed { Verdict::Done } else { cell.verdict };
        Expected { verdicts: vec![verdict], audited: cell.action != Action::Read }
    }
}

/// What was answered.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Done,
    Refused,
    /// With all that the answer says about where that does not exist.
    Hidden(String),
    LastAdministrator,
}

impl Answer {
    fn verdict(&self) -> Verdict {
        match self {
            Answer::Done => Verdict::Done,
            Answer::Refused => Verdict::Refused,
            Answer::Hidden(_) => Verdict::Hidden,
            Answer::LastAdministrator => Verdict::LastAdministrator,
        }
    }
}

/// Goes through the whole table as it is by default, and with everything that the settings add to it.
fn walk(way: &mut dyn Way) {
    walk_with(way, &[]);
    walk_with(way, &SETTINGS);
}

fn walk_with(way: &mut dyn Way, settings: &[Setting]) {
    let world = World::with(settings);
    let first = world.state();
    for who in SUBJECTS {
        way.enter(&world, who);
        world.befall(who);
        if who == "former" {
            // What was open has ended with the role.
            way.enter(&world, who);
        }
        let cells: Vec<Cell> = cells(settings).into_iter().filter(|cell| cell.who == who && way.offers(cell)).collect();
        let (allowed, refused): (Vec<Cell>, Vec<Cell>) =
            cells.into_iter().partition(|cell| way.expected(cell).verdicts.contains(&Verdict::Done));
        if !refused.is_empty() {
            are_refused(&world, way, &refused);
        }
        allowed.iter().for_each(|cell| is_done(&world, way, *cell));
        world.restore(&first);
    }
}

fn are_refused(world: &World, way: &mut dyn Way, cells: &[Cell]) {
    let before = world.state();
    let answers = way.ask(world, cells);
    let now = world.state();
    assert_eq!(answers.len(), cells.len());
    let expected: Vec<Expected> = cells.iter().map(|cell| way.expected(cell)).collect();
    let wrong = cells.iter().zip(&answers).zip(&expected).filter(|((_, answer), expected)| !expected.verdicts.contains(&answer.verdict()));
    let wrong: Vec<_> = wrong.map(|(told, _)| told).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(changed(&before, &now), Vec::<String>::new(), "{:?}: what was refused has changed something", cells[0].who);
    are_one_answer(cells, &answers);

    let audited = expected.iter().filter(|expected| expected.audited).count();
    let rows = told(&before, &now);
    // Those beyond a bound are counted in one row.
    let refusals: u32 = rows.iter().filter(|row| is_refusal(row)).map(|row| row.times).sum();
    assert_eq!(refusals as usize, audited, "{}: {rows:#?}", cells[0].who);
}

/// What is hidden is told apart from nothing by no word of the answer.
fn are_one_answer(cells: &[Cell], answers: &[Answer]) {
    let mut seen: BTreeMap<(Action, String), &Answer> = BTreeMap::new();
    for (cell, answer) in cells.iter().zip(answers).filter(|(_, answer)| answer.verdict() == Verdict::Hidden) {
        let branch = Asked::of(cell).dn.split_once(',').unwrap().1.to_owned();
        let first = *seen.entry((cell.action, branch)).or_insert(answer);
        assert_eq!(answer, first, "{cell:?}");
    }
}

fn is_done(world: &World, way: &mut dyn Way, cell: Cell) {
    let asked = Asked::of(&cell);
    let start = world.state();
    asked.prepare(world);
    assert!(asked.is_silent() || !asked.is_done(world), "{cell:?}: it is so already");
    let answers = way.ask(world, &[cell]);
    assert_eq!(answers, [Answer::Done], "{cell:?}");
    assert!(asked.is_done(world), "{cell:?}: it is not done");
    let rows = told(&start, &world.state());
    assert!(asked.is_silent() || rows.iter().any(is_change), "{cell:?}: {rows:#?}");
    world.restore(&start);
}

fn is_refusal(row: &AuditRow) -> bool {
    matches!(row.event, AuditEvent::ChangeRefused { .. } | AuditEvent::PasswordRefused { .. } | AuditEvent::RefusalsFolded)
}

/// Whether the audit says that somebody who is known changed something.
fn is_change(row: &AuditRow) -> bool {
    matches!(row.actor, Actor::Account(_) | Actor::Service(_))
        && matches!(
            row.event,
            AuditEvent::PasswordChanged { .. }
                | AuditEvent::Added { .. }
                | AuditEvent::Modified { .. }
                | AuditEvent::Renamed { .. }
                | AuditEvent::Deleted { .. }
                | AuditEvent::MailQueued { .. }
                | AuditEvent::SessionsEnded { .. }
        )
}
