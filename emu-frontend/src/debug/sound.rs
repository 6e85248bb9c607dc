//! What sounds, in words and as JSON.

use super::{Answer, Debugging};
use emu_core::debug::views::{ChannelView, SoundView};
use emu_core::device::sound::{Channel, Passage, When};
use emu_core::kernel::portfolio::InstrumentView;
use serde_json::{Value, json};
use std::io::Write;

/// Shows it.
pub fn show<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Answer {
    let view = debugging.debugger.machine().sound_view();
    Answer {
        text: lines(&view).join("\n"),
        json: json(&view),
    }
}

/// A channel's name.
pub fn channel_name(channel: Channel) -> String {
    match channel {
        Channel::In(n) => format!("in {n}"),
        Channel::Out(n) => format!("out {n}"),
    }
}

/// A passage of memory in words.
pub fn passage(passage: Option<Passage>) -> String {
    passage.map_or("none".to_owned(), |passage| {
        format!("{:#x}+{:#x}", passage.addr, passage.bytes)
    })
}

/// In which frames something runs; nothing for all.
pub fn frames(when: When) -> &'static str {
    match when {
        When::Every => "",
        When::Even => "even frames",
        When::Odd => "odd frames",
    }
}

fn lines(view: &SoundView) -> Vec<String> {
    let mut lines: Vec<String> = view.instruments.iter().flat_map(instrument).collect();
    if lines.is_empty() {
        lines.push("no instruments".to_owned());
    }
    lines.extend(view.channels.iter().map(channel));
    let used = view.resources.iter();
    let used: Vec<String> = used
        .map(|one| format!("{} {} of {}", one.name, one.used, one.total))
        .collect();
    lines.push(format!("in use: {}", used.join(", ")));
    lines.push(match view.ticks {
        None => "this machine has no signal processor".to_owned(),
        Some(ticks) => format!(
            "{} programs in a frame; the last one took {ticks} ticks; all that was heard: {:08x}",
            view.entries, view.hash
        ),
    });
    lines
}

fn instrument(view: &InstrumentView) -> Vec<String> {
    let half = match frames(view.frames) {
        "" => String::new(),
        half => format!(", {half}"),
    };
    let mut lines = vec![format!(
        "{:?} {} {}, priority {}{half}",
        view.item, view.name, view.status, view.priority
    )];
    let knobs = view.knobs.iter();
    lines.extend(knobs.map(|(name, value)| format!("  {name} = {value} ({value:#x})")));
    let connections = view.connections.iter();
    lines.extend(
        connections.map(|one| format!("  {} reads {} of {:?}", one.input, one.output, one.source)),
    );
    lines
}

fn channel(view: &ChannelView) -> String {
    let of = view.attachment.map_or(String::new(), |(item, instrument)| {
        format!(", attachment {item:?} of {instrument:?}")
    });
    let transfer = &view.transfer;
    let again = if transfer.is_loop {
        " again and again"
    } else {
        ""
    };
    format!(
        "channel {}: {} waiting, now {}, then {}{again}{of}",
        channel_name(view.channel),
        view.level,
        passage(transfer.now),
        passage(transfer.next),
    )
}

fn json(view: &SoundView) -> Value {
    let instruments = view.instruments.iter().map(|one| {
        let knobs = one.knobs.iter();
        let knobs = knobs.map(|(name, value)| json!({ "name": name, "value": value }));
        let connections = one
            .connections
            .iter()
            .map(|one| json!({ "input": one.input, "source": one.source.0, "output": one.output }));
        json!({
            "item": one.item.0,
            "name": one.name,
            "status": one.status,
            "priority": one.priority,
            "frames": match one.frames {
                When::Every => "every",
                When::Even => "even",
                When::Odd => "odd",
            },
            "knobs": knobs.collect::<Vec<_>>(),
            "connections": connections.collect::<Vec<_>>(),
        })
    });
    let place = |passage: Option<Passage>| passage.map(|p| json!([p.addr, p.bytes]));
    let channels = view.channels.iter().map(|one| {
        json!({
            "channel": channel_name(one.channel),
            "level": one.level,
            "now": place(one.transfer.now),
            "next": place(one.transfer.next),
            "loop": one.transfer.is_loop,
            "attachment": one.attachment.map(|(item, _)| item.0),
            "instrument": one.attachment.map(|(_, instrument)| instrument.0),
        })
    });
    let resources = view.resources.iter();
    let resources =
        resources.map(|one| json!({ "name": one.name, "used": one.used, "total": one.total }));
    json!({
        "instruments": instruments.collect::<Vec<_>>(),
        "channels": channels.collect::<Vec<_>>(),
        "resources": resources.collect::<Vec<_>>(),
        "ticks": view.ticks,
        "entries": view.entries,
        "hash": format!("{:08x}", view.hash),
    })
}
