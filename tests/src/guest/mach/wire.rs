//! Messages as bytes, from tables of layouts alone.
//!
//! Mach sheet 1.5, 4.6, 4.8, 4.9.
//!
//! ```text
//! P  port descriptor            w  word
//! O  out-of-line descriptor     b  count and bytes, padded to 4
//! N  NDR record                 i  count and words
//!                               h  count and halfwords, padded to 4
//! ```

/// Id and layouts of a routine; a reply that fails is always `Nw`, and so are some that do not.
struct Routine {
    name: &'static str,
    id: u32,
    request: &'static str,
}

const fn row(name: &'static str, id: u32, request: &'static str) -> Routine {
    Routine { name, id, request }
}

const ROUTINES: &[Routine] = &[
    row("device_close", 2801, ""),
    row("device_write", 2802, "ONwww"),
    row("device_write_inband", 2803, "Nwwb"),
    row("device_read", 2804, "Nwww"),
    row("device_read_inband", 2805, "Nwww"),
    row("device_map", 2809, "Nwwww"),
    row("device_set_status", 2810, "Nwi"),
    row("device_get_status", 2811, "Nww"),
    row("device_set_filter", 2812, "PNwh"),
    row("device_open", 2814, "PNwwwwb"),
    row("io_done_queue_create", 2815, ""),
    row("io_done_queue_terminate", 2816, ""),
    row("task_terminate", 2008, ""),
    row("vm_allocate", 2021, "Nwww"),
    row("vm_deallocate", 2023, "Nww"),
    row("vm_protect", 2024, "Nwwww"),
    row("vm_read", 2026, "Nww"),
    row("vm_write", 2027, "ONww"),
    row("mach_ports_lookup", 2034, ""),
    row("task_get_special_port", 2058, "Nw"),
    row("task_set_special_port", 2059, "PNw"),
    row("vm_map", 2089, "PNwwwwwwwww"),
    row("host_get_time", 2634, ""),
    row("host_info", 2638, "Nww"),
    row("host_page_size", 2644, ""),
    row("mach_port_names", 3200, ""),
    row("mach_port_type", 3201, "Nw"),
    row("mach_port_rename", 3202, "Nww"),
    row("mach_port_allocate_name", 3203, "Nww"),
    row("mach_port_allocate", 3204, "Nw"),
    row("mach_port_destroy", 3205, "Nw"),
    row("mach_port_deallocate", 3206, "Nw"),
    row("mach_port_get_refs", 3207, "Nww"),
    row("mach_port_mod_refs", 3208, "Nwww"),
    row("mach_port_set_mscount", 3211, "Nww"),
    row("mach_port_get_set_status", 3212, "Nw"),
    row("mach_port_move_member", 3213, "Nww"),
    row("mach_port_request_notification", 3214, "PNwww"),
    row("mach_port_insert_right", 3215, "PNw"),
    row("mach_port_extract_right", 3216, "Nww"),
    row("mach_port_get_attributes", 3219, "Nwww"),
    row("mach_port_set_attributes", 3220, "Nwwi"),
    row("semaphore_create", 617_000, "Nww"),
    row("semaphore_destroy", 617_001, "P"),
    row("semaphore_signal", 617_002, ""),
    row("semaphore_signal_all", 617_003, ""),
    row("semaphore_wait", 617_004, ""),
    row("semaphore_timedwait", 617_014, "Nww"),
    row("bootstrap_ports", 1_000_001, ""),
    row("bootstrap_arguments", 1_000_002, "P"),
    row("bootstrap_environment", 1_000_003, "P"),
    row("host_get_clock_service", 3_125_000, "Nw"),
    row("clock_get_time", 3_125_002, ""),
    row("clock_get_attributes", 3_125_003, "Nww"),
    row("clock_map_time", 3_125_006, ""),
    row("clock_alarm", 3_125_007, "PNwww"),
];

/// `MACH_MSG_TYPE_MOVE_RECEIVE`.
pub const MOVE_RECEIVE: u8 = 16;
/// `MACH_MSG_TYPE_MOVE_SEND`, which received send rights show too.
pub const MOVE_SEND: u8 = 17;
/// `MACH_MSG_TYPE_MOVE_SEND_ONCE`.
pub const MOVE_SEND_ONCE: u8 = 18;
/// `MACH_MSG_TYPE_COPY_SEND`.
pub const COPY_SEND: u8 = 19;
/// `MACH_MSG_TYPE_MAKE_SEND`.
pub const MAKE_SEND: u8 = 20;
/// `MACH_MSG_TYPE_MAKE_SEND_ONCE`.
pub const MAKE_SEND_ONCE: u8 = 21;

/// A part of a message.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A word.
    W(u32),
    /// A port and what is done with the right.
    Port(u32, u8),
    /// Address and size of data that is copied.
    Ool(u32, u32),
    /// The same, freed in the sender.
    OolFreed(u32, u32),
    /// Address and number of port names, and what is done with the rights.
    OolPorts(u32, u32, u8),
    /// Counted bytes.
    Bytes(&'a [u8]),
    /// Counted words.
    Ints(&'a [u32]),
    /// Counted halfwords.
    Halves(&'a [u16]),
}
use Value::{Bytes, Halves, Ints, Ool, OolFreed, OolPorts, Port, W};

fn put(to: &mut Vec<u8>, words: &[u32]) {
    to.extend(words.iter().flat_map(|word| word.to_be_bytes()));
}

fn put_padded(to: &mut Vec<u8>, count: usize, bytes: &[u8]) {
    put(to, &[count as u32]);
    to.extend(bytes);
    to.resize(to.len().next_multiple_of(4), 0);
}

/// A message of a layout: `bits` without the complex bit, which goes with the descriptors.
pub fn message(
    bits: u32,
    ports: (u32, u32),
    id: u32,
    layout: &str,
    values: &[Value<'_>],
) -> Vec<u8> {
    let descriptors = layout.matches(['P', 'O']).count() as u32;
    let mut bytes = Vec::new();
    let complex = if descriptors > 0 { 0x8000_0000 } else { 0 };
    put(&mut bytes, &[bits | complex, 0, ports.0, ports.1, 0, id]);
    if descriptors > 0 {
        put(&mut bytes, &[descriptors]);
    }
    let mut values = values.iter();
    for letter in layout.chars() {
        if letter == 'N' {
            put(&mut bytes, &[0, 0]);
            continue;
        }
        let value = values.next().expect("a value for each letter");
        match (letter, value) {
            ('w', &W(word)) => put(&mut bytes, &[word]),
            ('P', &Port(name, kind)) => put(&mut bytes, &[name, 0, u32::from(kind) << 8]),
            ('O', &Ool(at, size)) => put(&mut bytes, &[at, size, 0x0001_0001]),
            ('O', &OolFreed(at, size)) => put(&mut bytes, &[at, size, 0x0101_0001]),
            ('O', &OolPorts(at, count, kind)) => {
                put(&mut bytes, &[at, count, 0x0001_0002 | u32::from(kind) << 8]);
            }
            ('b', &Bytes(data)) => put_padded(&mut bytes, data.len(), data),
            ('i', &Ints(words)) => {
                put(&mut bytes, &[words.len() as u32]);
                put(&mut bytes, words);
            }
            ('h', &Halves(halves)) => {
                let data: Vec<u8> = halves.iter().flat_map(|half| half.to_be_bytes()).collect();
                put_padded(&mut bytes, halves.len(), &data);
            }
            (letter, value) => panic!("{value:?} where the layout has {letter}"),
        }
    }
    assert!(values.next().is_none(), "values left for {layout}");
    let size = bytes.len() as u32;
    bytes[4..8].copy_from_slice(&size.to_be_bytes());
    bytes
}

fn routine(name: &str) -> &'static Routine {
    let found = ROUTINES.iter().find(|routine| routine.name == name);
    found.unwrap_or_else(|| panic!("no routine {name}"))
}

/// Id of a routine's request.
pub fn id_of(name: &str) -> u32 {
    routine(name).id
}

/// Names of the routines of subsystem `device`.
pub fn device_routines() -> impl Iterator<Item = &'static str> {
    ROUTINES[..12].iter().map(|routine| routine.name)
}

/// Name and layout of every routine.
pub fn all_routines() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTINES.iter().map(|row| (row.name, row.request))
}

/// A request as client stubs make it: the target copied, a send-once right made of the reply port.
pub fn request(name: &str, target: u32, reply: u32, values: &[Value<'_>]) -> Vec<u8> {
    let routine = routine(name);
    let ports = (target, reply);
    message(0x1513, ports, routine.id, routine.request, values)
}

/// A reply as its receiver sees it.
pub fn reply(name: &str, port: u32, layout: &str, values: &[Value<'_>]) -> Vec<u8> {
    message(0x1200, (0, port), routine(name).id + 100, layout, values)
}

/// The 36-byte reply: a failure, or a success without results.
pub fn short_reply(name: &str, port: u32, code: u32) -> Vec<u8> {
    reply(name, port, "Nw", &[W(code)])
}

/// The values of `device_open`: null ledger, zero token.
pub fn open_values(mode: u32, name: &[u8]) -> [Value<'_>; 6] {
    [Port(0, COPY_SEND), W(mode), W(0), W(0), W(0), Bytes(name)]
}

/// A word of a message.
pub fn word(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..at + 4).expect("a word there");
    u32::from_be_bytes([word[0], word[1], word[2], word[3]])
}

/// Bytes from hexadecimal digits; `names` stand for words of the test.
pub fn hex(text: &str, names: &[(&str, u32)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in text.split_whitespace().filter(|part| *part != "|") {
        match names.iter().find(|name| name.0 == part) {
            Some(&(_, word)) => bytes.extend(word.to_be_bytes()),
            None => {
                assert!(part.len() % 2 == 0, "{part}");
                bytes.extend((0..part.len()).step_by(2).map(|at| {
                    u8::from_str_radix(&part[at..at + 2], 16).unwrap_or_else(|_| panic!("{part}"))
                }));
            }
        }
    }
    bytes
}

/// A message that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Header and body.
    pub bytes: Vec<u8>,
    /// What follows it at the next multiple of 4.
    pub trailer: Vec<u8>,
}

impl Reply {
    /// Divides a buffer at the size that its header tells.
    pub fn parse(buffer: &[u8]) -> Reply {
        let size = word(buffer, 4) as usize;
        let end = size.next_multiple_of(4);
        let trailer = word(buffer, end + 4) as usize;
        Reply {
            bytes: buffer[..size].to_vec(),
            trailer: buffer[end..end + trailer].to_vec(),
        }
    }

    /// A word at an offset.
    pub fn word(&self, at: usize) -> u32 {
        word(&self.bytes, at)
    }

    /// msgh_id.
    pub fn id(&self) -> u32 {
        self.word(20)
    }

    /// Whether it has descriptors.
    pub fn is_complex(&self) -> bool {
        self.word(0) >> 31 != 0
    }

    /// RetCode; 0 if it is a success with descriptors, which has none.
    pub fn code(&self) -> u32 {
        if self.is_complex() { 0 } else { self.word(32) }
    }

    /// The value of a reply that has one beside its RetCode 0, or the code.
    pub fn value(&self) -> Result<u32, u32> {
        assert!(!self.is_complex());
        match self.code() {
            0 => Ok(self.word(36)),
            code => Err(code),
        }
    }

    /// The port of a reply with one port descriptor, or the code.
    pub fn port(&self) -> Result<u32, u32> {
        if self.is_complex() {
            assert_eq!(self.word(24), 1, "descriptors");
            Ok(self.word(28))
        } else {
            Err(self.code())
        }
    }

    /// Address and size of the first descriptor, which is out of line.
    pub fn ool(&self) -> (u32, u32) {
        assert!(self.is_complex(), "code {:#x}", self.code());
        assert_eq!(self.bytes[39], 1, "kind of descriptor");
        (self.word(28), self.word(32))
    }
}
