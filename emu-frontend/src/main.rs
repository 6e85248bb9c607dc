//! The program `overture`.

fn main() {}
