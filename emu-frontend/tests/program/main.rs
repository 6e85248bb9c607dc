//! The program `overture` as a process, in folders of the tests' own.

mod cli;
mod disc;
mod drive;
mod pictures;
mod process;
mod sound;
