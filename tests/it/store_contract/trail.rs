//! The audit read backwards, and its index.

use std::sync::Arc;

use bindery::domain::audit::{AuditEvent, AuditRow, Class, Reason};

use bindery::domain::caller::{Actor, Source};
use bindery::domain::id::{Id, OpId};
use bindery::domain::time::UnixTime;
use bindery::store::audit::{AuditLog, put};
use bindery::store::purge::{Retention, purge};
use bindery::store::trail::{AuditPosition, Lanes, newest};
use bindery::store::{Fail, Stop, Store};

const ANN: Id = Id(1);
const BEN: Id = Id(2);
const SHOP: Id = Id(9);

/// Of 800 rows, two in each second: Ann changes Ben's password, and then comes Ann, Ben or the shop, or is refused.
fn row(n: u64) -> (OpId, AuditRow) {
    let (actor, event) = match n % 8 {
        0 => (Actor::Account(ANN), AuditEvent::PasswordChanged { target: BEN }),
        1 => (Actor::Account(BEN), AuditEvent::PasswordChanged { target: BEN }),
        2 => (Actor::Account(ANN), AuditEvent::SignedIn),
        3 => (Actor::Anonymous, AuditEvent::SignInRefused { target: Some(ANN), reason: Reason::WrongPassword }),
        4 => (Actor::Anonymous, AuditEvent::BindRefused { name: "uid=nobody".into(), reason: Reason::UnknownName, target: None }),
        _ => (Actor::Service(SHOP), AuditEvent::BindSucceeded),
    };
    // In no order, and on all shards.
    let op = OpId((n.wrapping_mul(0x9E37_79B9_7F4A_7C15) as u128 * 0x1_0000_0001_0000_0001).to_be_bytes());
    (op, AuditRow::new(UnixTime::from_secs(n / 2), actor, Source::Internal, event))
}

const ROWS: u64 = 800;

async fn write(store: &Store) {
    for n in 0..ROWS {
        let (op, row) = row(n);
        store
            .run(move |view| {
                put(view, op, &row);
                Ok::<_, Stop<()>>(())
            })
            .await
            .unwrap();
    }
}

/// All rows of `lanes` in these seconds, step by step.
async fn walk(store: &Store, lanes: &Lanes, (from, to): (u64, u64)) -> Vec<(AuditPosition, AuditRow)> {
    let (mut rows, mut before) = (Vec::new(), None);
    loop {
        let times = UnixTime::from_secs(from)..UnixTime::from_secs(to);
        let step = store.read(|view| newest::<()>(view, lanes, times.clone(), before)).await.unwrap();
        assert!(step.stopped.is_none() || !step.rows.is_empty(), "a step without a row goes nowhere");
        rows.extend(step.rows);
        match step.stopped {
            Some(stopped) => before = Some(stopped),
            None => return rows,
        }
    }
}

/// What a walk has to give: those of the rows that `wanted` picks, the newest first.
fn expected(wanted: impl Fn(&AuditRow) -> bool) -> Vec<(AuditPosition, AuditRow)> {
    let rows = (0..ROWS).map(row).filter(|(_, row)| wanted(row));
    let mut rows: Vec<_> = rows.map(|(op, row)| (AuditPosition { at: row.at, op }, row)).collect();
    rows.sort_by(|(one, _), (other, _)| other.cmp(one));
    rows
}

fn is_about(row: &AuditRow, id: Id) -> bool {
    row.about().any(|about| about == id)
}

on_each_engine! {
    async fn the_newest_rows_come_first_step_by_step(store: Arc<Store>) {
        write(&store).await;
        assert_eq!(walk(&store, &Lanes::everything(), (0, 9999)).await, expected(|_| true));
        let some = |row: &AuditRow| (100..300).contains(&(row.at.as_millis() / 1000));
        assert_eq!(walk(&store, &Lanes::everything(), (100, 300)).await, expected(some));
        assert_eq!(walk(&store, &Lanes::everything(), (300, 100)).await, []);
    }

    async fn each_one_s_story_is_theirs_alone(store: Arc<Store>) {
        write(&store).await;
        for id in [ANN, BEN, SHOP, Id(77)] {
            let found = walk(&store, &Lanes::about(&[id], &Class::ALL), (0, 9999)).await;
            assert_eq!(found, expected(|row| is_about(row, id)), "{id:?}");
            let changes = walk(&store, &Lanes::about(&[id], &[Class::Change]), (50, 90)).await;
            let some = |row: &AuditRow| is_about(row, id) && row.event.class() == Class::Change && (50..90).contains(&(row.at.as_millis() / 1000));
            assert_eq!(changes, expected(some), "{id:?}");
        }
        // A row that is about both comes once.
        let both = walk(&store, &Lanes::about(&[ANN, BEN], &Class::ALL), (0, 9999)).await;
        assert_eq!(both, expected(|row| is_about(row, ANN) || is_about(row, BEN)));
        let changes = walk(&store, &Lanes::changes(), (0, 9999)).await;
        assert_eq!(changes, expected(|row| row.event.class() == Class::Change));
    }

    async fn what_is_refused_is_not_in_the_index_either(store: Arc<Store>) {
        let refused = store.run(|view| {
            let (op, row) = row(0);
            put(view, op, &row);
            Err::<(), _>(Stop::Rule("no"))
        });
        assert_eq!(refused.await, Err(Fail::Rule("no")));
        assert_eq!(walk(&store, &Lanes::about(&[ANN], &Class::ALL), (0, 9999)).await, []);
    }

    async fn what_nobody_waits_for_is_found_alike(store: Arc<Store>) {
        let audit = AuditLog::start(Arc::clone(&store));
        (0..ROWS).map(row).for_each(|(op, row)| audit.append(op, row));
        audit.flush().await;
        assert_eq!(audit.dropped(), 0);
        assert_eq!(walk(&store, &Lanes::everything(), (0, 9999)).await, expected(|_| true));
        assert_eq!(walk(&store, &Lanes::about(&[BEN], &Class::ALL), (0, 9999)).await, expected(|row| is_about(row, BEN)));
    }

    async fn a_story_ends_where_the_rows_do(store: Arc<Store>) {
        write(&store).await;
        let retention = Retention { changes: std::time::Duration::from_secs(100), binds: std::time::Duration::from_secs(100), marks: Default::default(), sessions: Default::default() };
        let purged = purge(&store, retention, UnixTime::from_secs(300)).await.unwrap();
        assert_eq!(purged.audit, 400);
        let kept = |row: &AuditRow| row.at >= UnixTime::from_secs(200);
        assert_eq!(walk(&store, &Lanes::about(&[ANN], &Class::ALL), (0, 9999)).await, expected(|row| kept(row) && is_about(row, ANN)));
        let left = store.read(|view| view.scan::<()>(b"L", b"M", 4096)).await.unwrap().len();
        let keys = |row: &AuditRow| row.about().count() + usize::from(row.event.class() == Class::Change);
        assert_eq!(left, expected(kept).iter().map(|(_, row)| keys(row)).sum::<usize>());
    }
}
