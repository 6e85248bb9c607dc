//! Requests in words: devices and commands by their names.

use super::{Narrator, Submitted, put_buffer, quoted, told_words};
use crate::device::{DeviceClass, Op};
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::{FILE_COMMANDS, error_text};
use crate::trace::event::{Asker, Event};
use crate::trace::field::Field;
use std::fmt::Write;

impl Narrator<'_> {
    /// The device that an event is about: its name as programs know it, or the word of its kind;
    /// empty if it is about none.
    pub fn device_of(&self, event: &Event) -> String {
        let class = |class: DeviceClass| self.class_name(class);
        match event {
            Event::Ask { device, .. } => self.device_name(*device),
            Event::Done { ior, .. } => match self.asked.get(ior) {
                Some((_, device)) => self.device_name(*device),
                None => String::new(),
            },
            Event::Submit { device, .. } => class(*device),
            Event::Complete { req, .. }
            | Event::Beat { req, .. }
            | Event::Abort { req }
            | Event::Held { req, .. } => match self.submitted.get(req) {
                Some(submitted) => class(submitted.device),
                None => String::new(),
            },
            _ => String::new(),
        }
    }

    /// Name of a device's item; empty if it is not known.
    fn device_name(&self, device: Item) -> String {
        let name = self.items.get(&device).map(|named| &named.name);
        name.cloned().unwrap_or_default()
    }

    fn class_name(&self, class: DeviceClass) -> String {
        let known = self.commands.iter().flat_map(|commands| &commands.0);
        let mut of_class = known.filter(|info| info.class == class);
        match of_class.next() {
            Some(info) if class != DeviceClass::Other => info.name.to_owned(),
            _ => {
                let mut word = String::new();
                class.write(&mut word);
                word
            }
        }
    }

    /// The command of a program's request. An open file is a device too, with commands of the
    /// file system.
    fn command_of(&self, device: Item, command: u8) -> String {
        let name = self.device_name(device);
        let mut known = self.commands.iter().flat_map(|commands| &commands.0);
        let names = match known.find(|info| info.name.eq_ignore_ascii_case(&name)) {
            Some(info) => info.commands,
            None => FILE_COMMANDS,
        };
        match names.get(usize::from(command)) {
            Some(name) => (*name).to_owned(),
            None => format!("command {command}"),
        }
    }

    /// The command of a request to a device of the board.
    fn op_of(&self, class: DeviceClass, op: Op) -> String {
        let number = match op {
            Op::Write => 0,
            Op::Read => 1,
            Op::Status => 2,
            Op::Control(n) => usize::from(n),
        };
        let mut known = self.commands.iter().flat_map(|commands| &commands.0);
        let of_class = known.find(|info| info.class == class && class != DeviceClass::Other);
        match of_class.and_then(|info| info.commands.get(number)) {
            Some(name) => (*name).to_owned(),
            None => {
                let mut word = String::new();
                op.write(&mut word);
                word
            }
        }
    }

    /// For whom a request to a device of the board is.
    fn asker(&self, by: Asker, of: u32) -> String {
        match by {
            Asker::Request => format!("for request {}", self.item(Item(of as i32))),
            Asker::Volume => format!("for volume {of}"),
            Asker::Mach => format!("for operation {of} of Mach"),
            Asker::Kernel => "for the kernel".to_owned(),
        }
    }

    /// A request to a device of the board, with whose it is.
    fn request(&self, req: u64) -> String {
        match self.submitted.get(&req) {
            Some(&Submitted { device, by, of }) => {
                let (device, asker) = (self.class_name(device), self.asker(by, of));
                format!("{device} request {req} {asker}")
            }
            None => format!("request {req}"),
        }
    }

    /// Events about requests.
    pub(super) fn request_words(&self, event: &Event) -> String {
        match event {
            Event::Ask {
                ior,
                device,
                command,
                unit,
                offset,
                option,
                send,
                recv,
                ..
            } => {
                let name = self.device_name(*device);
                let command = self.command_of(*device, *command);
                let device = match name.is_empty() {
                    true => format!("{device:?}"),
                    false => quoted(&name),
                };
                let mut text = format!("asks {device} for {command}, unit {unit}");
                put_numbers(&mut text, *offset, *option);
                put_buffer(&mut text, "send", *send);
                put_buffer(&mut text, "recv", *recv);
                let _ = write!(text, " (request {ior:?})");
                text
            }
            Event::Submit {
                req,
                device,
                unit,
                op,
                offset,
                option,
                send,
                recv,
                by,
                of,
            } => {
                let command = self.op_of(*device, *op);
                let device = self.class_name(*device);
                let mut text = format!("{device} gets request {req}: {command}, unit {unit}");
                put_numbers(&mut text, *offset, *option);
                put_buffer(&mut text, "send", *send);
                put_buffer(&mut text, "recv", *recv);
                let _ = write!(text, " {}", self.asker(*by, of.0));
                text
            }
            Event::Complete {
                req,
                actual,
                error,
                terms,
                ..
            } => {
                let mut text = format!("{} ends: {actual} done", self.request(*req));
                if let Some(error) = error {
                    text.push_str(", error ");
                    error.write(&mut text);
                }
                let mut separator = ", its time: ";
                for (name, ticks) in terms.parts().iter().filter(|(_, ticks)| ticks.0 > 0) {
                    let _ = write!(text, "{separator}{name} {}", ticks.0);
                    separator = " + ";
                }
                text
            }
            Event::Done {
                ior,
                actual,
                error,
                told,
                to,
                ..
            } => {
                let (ior, told) = (self.item(*ior), told_words(*told));
                let mut text = format!("request {ior} has ended: {actual} done");
                if *error != 0 {
                    let _ = write!(text, ", error {}", error_text(Status(*error)));
                }
                let _ = write!(text, ", {told}");
                if *to != Item::NONE {
                    let _ = write!(text, " to {}", self.item(*to));
                }
                text
            }
            Event::Beat { req, bits } => {
                format!("{} beats: signals {:#x}", self.request(*req), bits.0)
            }
            Event::Abort { req } => format!("{} is to end early", self.request(*req)),
            Event::Held { req, delay } => {
                let request = self.request(*req);
                format!("the end of {request} is held back for {} cycles", delay.0)
            }
            _ => String::new(),
        }
    }
}

/// Appends what is not 0.
fn put_numbers(to: &mut String, offset: u32, option: u32) {
    if offset != 0 {
        let _ = write!(to, " offset {offset}");
    }
    if option != 0 {
        let _ = write!(to, " option {option:#x}");
    }
}
