//! The `bindery` program: reads the command line and hands over to [`bindery::cli`].

/// Each search makes some dozens of small objects, which takes a fifth of its time with the C library's allocator. The
/// large blocks of the hash threads are not from here (`directory/hasher/mapping.rs`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    bindery::cli::main()
}
