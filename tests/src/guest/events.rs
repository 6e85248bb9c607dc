//! Listeners of the event broker, and what users do to pods.

use super::{Guest, Word};
use emu_core::device::pods::{Controls, PodEvent, PodName};
use emu_core::input::Input;
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::Message;
use emu_core::mem::{GuestPtr, GuestValue};
use emu_core::time::Ticks;

/// A port with a message to ask the broker with.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// The reply port, where events come too.
    pub port: Item,
    /// The message of its requests, which carries its data itself.
    pub message: Item,
}

/// How a listener is configured.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wants {
    /// 0 nothing, 1 with the focus, 2 always, 3 users' doings with the focus.
    pub category: u32,
    /// Word and bits.
    pub trigger: [u32; 8],
    /// Word and bits.
    pub capture: [u32; 8],
    /// Messages at a time.
    pub queue: i32,
}

impl Wants {
    /// An observer of these events of word 0.
    pub fn observer(trigger: u32) -> Wants {
        Wants {
            category: 2,
            trigger: [trigger, 0, 0, 0, 0, 0, 0, 0],
            ..Wants::default()
        }
    }

    /// One that wants the focus, for these events of word 0.
    pub fn focus(trigger: u32) -> Wants {
        Wants {
            category: 1,
            ..Wants::observer(trigger)
        }
    }

    /// The same with captured events of word 0.
    pub fn capturing(mut self, capture: u32) -> Wants {
        self.capture[0] = capture;
        self
    }

    /// The same with triggers of word 2.
    pub fn system(mut self, trigger: u32) -> Wants {
        self.trigger[2] = trigger;
        self
    }

    /// The same with a number of messages at a time.
    pub fn queue(self, queue: i32) -> Wants {
        Wants { queue, ..self }
    }

    /// The words of the request.
    pub fn words(&self) -> Vec<u32> {
        let mut words = vec![1, self.category];
        words.extend(self.trigger);
        words.extend(self.capture);
        words.push(self.queue as u32);
        words.extend([0; 8]);
        words
    }
}

/// One event frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its number.
    pub number: u8,
    /// Pod, position, generic position.
    pub place: [u8; 3],
    /// Whether it is marked as a trigger.
    pub trigger: bool,
    /// Vertical blank.
    pub stamp: u32,
    /// Who sent it.
    pub submitter: Item,
    /// The words behind it.
    pub data: Vec<u32>,
}

/// The button of a pad by its name.
pub fn pad_button(name: &str) -> u32 {
    Controls::Pad.button(name).expect("a button of a pad")
}

/// The n-th thing with these controls.
pub fn pod(controls: Controls, number: u8) -> PodName {
    PodName { controls, number }
}

impl Guest {
    /// The broker's port.
    pub fn broker(&mut self) -> Item {
        Item(self.find(0x10A, "eventbroker").0)
    }

    /// A port and a message with room for `room` bytes.
    pub fn listener(&mut self, room: u32) -> Listener {
        let port = self.create_port();
        let message = self.create_buffered_msg(port, room);
        Listener { port, message }
    }

    /// Asks the broker with these words and fetches the answer: its result and data.
    pub fn ask(&mut self, who: Listener, words: &[u32]) -> (Status, Vec<u8>) {
        let at = self.words(words);
        self.ask_bytes(who, at, words.len() as u32 * 4)
    }

    /// The same with data that are in memory already.
    pub fn ask_bytes(&mut self, who: Listener, at: u32, size: u32) -> (Status, Vec<u8>) {
        let broker = self.broker();
        assert_eq!(self.send_msg(broker, who.message, at, size), Status::OK);
        self.answer(who)
    }

    /// Fetches the answer to a request.
    pub fn answer(&mut self, who: Listener) -> (Status, Vec<u8>) {
        let got = self.call("WaitPort", &[who.port.word(), who.message.word()]);
        assert_eq!(got, Status(who.message.0));
        let (result, at, size) = self.msg(who.message);
        let data = if at == 0 {
            Vec::new()
        } else {
            self.read_bytes(at, size)
        };
        (Status(result), data)
    }

    /// A new listener of this configuration.
    pub fn configured(&mut self, wants: Wants) -> Listener {
        let who = self.listener(256);
        self.configure(who, wants);
        who
    }

    /// Configures a listener, which must succeed.
    pub fn configure(&mut self, who: Listener, wants: Wants) {
        let (result, data) = self.ask(who, &wants.words());
        assert_eq!((result, data), (Status::OK, vec![0, 0, 0, 2]));
    }

    /// Fetches an event message if there is one.
    pub fn event(&mut self, port: Item) -> Option<(Item, Vec<Frame>)> {
        let message = self.get_msg(port);
        assert!(message.0 >= 0, "GetMsg: {message:?}");
        let message = Item(message.0);
        (message != Item::NONE).then(|| (message, self.frames(message)))
    }

    /// Fetches an event message that must be there, and replies to it.
    pub fn events(&mut self, port: Item) -> Vec<Frame> {
        let (message, frames) = self.event(port).expect("an event message");
        assert_eq!(self.reply_msg(message, 0, 0, 0), Status::OK);
        frames
    }

    /// Numbers of the events of a message that must be there.
    pub fn event_numbers(&mut self, port: Item) -> Vec<u8> {
        let frames = self.events(port);
        frames.iter().map(|frame| frame.number).collect()
    }

    /// The frames of an event message.
    pub fn frames(&self, message: Item) -> Vec<Frame> {
        let at = self.field(message, Message::msg_DataPtr);
        let size = self.field(message, Message::msg_DataSize);
        assert_eq!(self.read(at), 3, "an event record");
        let mut frames = Vec::new();
        let mut next = at + 4;
        while self.read(next) != 0 {
            let bytes = self.read_bytes(next + 16, 5);
            let len = self.read(next);
            frames.push(Frame {
                number: bytes[0],
                place: [bytes[1], bytes[2], bytes[3]],
                trigger: bytes[4] == 1,
                stamp: self.read(next + 8),
                submitter: Item(self.read(next + 12) as i32),
                data: (28..len).step_by(4).map(|n| self.read(next + n)).collect(),
            });
            next += len;
        }
        assert_eq!(next + 4, at + size, "ends with an empty frame");
        frames
    }

    /// Somebody does something to the pods now, and a field passes.
    pub fn pods(&mut self, event: PodEvent) {
        let now = self.now();
        self.machine().schedule_input(now, Input::Pods(event));
        self.advance_fields(1);
    }

    /// Buttons of the first pad go down, and a field passes.
    pub fn press(&mut self, buttons: &str) {
        self.pods(PodEvent::Press(pod(Controls::Pad, 1), pad_button(buttons)));
    }

    /// Buttons of the first pad come up, and a field passes.
    pub fn release(&mut self, buttons: &str) {
        self.pods(PodEvent::Release(
            pod(Controls::Pad, 1),
            pad_button(buttons),
        ));
    }

    /// Lets so many fields pass, without hurry between them.
    pub fn fields_pass(&mut self, count: u64) {
        self.advance_fields(count);
        self.advance(Ticks(100).0);
    }

    /// A value of guest memory.
    pub fn at<T: GuestValue>(&self, at: u32) -> T {
        self.peek(GuestPtr::new(at))
    }
}

/// Big-endian words of an answer.
pub fn words_of(data: &[u8]) -> Vec<u32> {
    let chunks = data.chunks_exact(4);
    chunks
        .map(|word| u32::from_be_bytes(word.try_into().expect("four bytes")))
        .collect()
}
