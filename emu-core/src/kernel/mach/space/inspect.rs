//! The names of a space as a debugger lists them.

use super::{Held, Name, Space};
use crate::kernel::mach::inspect::RightView;

impl Space {
    /// Its names in ascending order.
    pub fn held_names(&self) -> Vec<Name> {
        self.entries.names()
    }

    /// Its rights by name. Names whose port has died meanwhile still have it.
    pub fn rights(&self) -> Vec<RightView> {
        let mut rights: Vec<RightView> = self
            .entries
            .iter()
            .map(|(name, entry)| {
                let right = RightView {
                    name,
                    port: None,
                    set: None,
                    receive: false,
                    sends: 0,
                    words: "",
                };
                match entry.held {
                    Held::Port {
                        port,
                        receive,
                        send,
                    } => RightView {
                        port: Some(port.number()),
                        receive,
                        sends: send,
                        words: match (receive, send) {
                            (true, 0) => "receive",
                            (true, _) => "receive and send",
                            _ => "send",
                        },
                        ..right
                    },
                    Held::SendOnce(port) => RightView {
                        port: Some(port.number()),
                        sends: 1,
                        words: "send once",
                        ..right
                    },
                    Held::Set(set) => RightView {
                        set: Some(set.number()),
                        words: "port set",
                        ..right
                    },
                    Held::Dead(references) => RightView {
                        sends: references,
                        words: "dead name",
                        ..right
                    },
                }
            })
            .collect();
        rights.sort_by_key(|right| right.name);
        rights
    }
}
