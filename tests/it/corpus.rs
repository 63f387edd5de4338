//! What fuzzing has found, and a little of everything else, once more: `fuzz/corpus/` through the functions of the fuzz
//! targets themselves.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

fn replay(name: &str) {
    let (_, run) = targets::TARGETS.iter().find(|(target, _)| *target == name).unwrap();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let files: Vec<_> = fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 10, "only {} files in {}", files.len(), corpus.display());
    for file in files {
        // Shown if it fails.
        println!("{}", file.display());
        run(&fs::read(&file).unwrap());
    }
}

macro_rules! replayed {
    ($($target:ident),*) => { $(#[test]
    fn $target() {
        replay(stringify!($target));
    })* };
}

replayed!(dn, filter, frame, record, session, store);

#[test]
fn every_target_is_replayed() {
    let named = |text: &str| fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(text)).unwrap().count();
    assert_eq!((named("fuzz/fuzz_targets"), named("fuzz/corpus")), (6, 6));
    assert_eq!(targets::TARGETS.len(), 6);
}
