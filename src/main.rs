//! The `bindery` program: reads the command line and hands over to [`bindery::cli`].

fn main() -> std::process::ExitCode {
    bindery::cli::main()
}
