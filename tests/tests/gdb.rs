//! The server for GDB: packets, hostile clients, and sessions of GDB.
#![forbid(unsafe_code)]

#[path = "gdb/client.rs"]
mod client;
#[path = "gdb/hostile.rs"]
mod hostile;
#[path = "gdb/loads.rs"]
mod loads;
#[path = "gdb/packets.rs"]
mod packets;
#[path = "gdb/sessions.rs"]
mod sessions;
