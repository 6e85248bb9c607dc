//! What a listener can ask: one function a flavor (device sheet 7.1).

use super::bytes::{Words, word_at};
use super::codes::{BAD_ITEM, BAD_PTR, BAD_UNIT, NO_MEM, NOT_SUPPORTED, SOFT_ERR, flavor as is};
use super::frames::{self, Happened};
use super::listeners::{Category, Wishes};
use super::masks::Mask;
use super::replies::Answer;
use super::widths::{self, written};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::Message;
use crate::kernel::portfolio::structs::events::{
    ConfigurationRequest, EventBrokerHeader, PodDataHeader, SetFocus,
};
use crate::kernel::portfolio::structs::node_type::MESSAGENODE;
use crate::mem::GuestType;
use serde::{Deserialize, Serialize};

/// More of a request than this is not looked at.
const REQUEST_MAX: u32 = 0x4000;
/// Bytes of a list of listeners before the second.
const LISTENERS_FIRST: u32 = 16;
/// Bytes of one listener in a list.
const LISTENER_SIZE: u32 = 8;

/// A request for a pod's data, which waits for the next field.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PodRead {
    /// Who is answered.
    pub(super) message: Item,
    port: Item,
    pod: i32,
    flag: u32,
}

/// One request.
struct Asked<'a> {
    message: Item,
    /// Its reply port, which names the listener.
    port: Item,
    flavor: u32,
    /// Whether its program has enumerations of one byte.
    narrow: bool,
    data: &'a [u8],
}

impl Asked<'_> {
    fn word(&self, at: u32) -> u32 {
        word_at(self.data, at)
    }

    /// An answer's data, beginning with the flavor that answers this one.
    fn answer(&self) -> Words {
        let mut words = Words::default();
        words.word(written(self.flavor + 1, self.narrow));
        words
    }
}

impl Portfolio {
    /// Does what a message asks, and answers it.
    pub(super) fn broker_request(&mut self, cx: &mut CallCx<'_>, message: Item) {
        let Ok(ptr) = self.item_of::<Message>(cx.mem, message, MESSAGENODE) else {
            return;
        };
        self.forget_broker_message(message);
        let port = cx.mem.peek(ptr.at(Message::msg_ReplyPort));
        if self.port_ptr(cx.mem, port).is_err() {
            let text = format!("the event broker drops message {message:?}: it has no reply port");
            return self.warn(cx, text);
        }
        let at = cx.mem.peek(ptr.at(Message::msg_DataPtr));
        let size = cx.mem.peek(ptr.at(Message::msg_DataSize));
        let readable = cx.mem.check_readable(at, size).is_ok();
        let good = readable && at.is_multiple_of(4) && size >= EventBrokerHeader::SIZE;
        let data = cx.mem.bytes(at, size.min(REQUEST_MAX)).filter(|_| good);
        let Some(data) = data.map(<[u8]>::to_vec) else {
            return self.broker_answers(cx, message, &BAD_PTR.into());
        };
        let Some((flavor, narrow)) = widths::flavor(&data, self.quirks.event_enum_width) else {
            return self.broker_answers(cx, message, &NOT_SUPPORTED.into());
        };
        if narrow && self.events.narrow.insert(port) {
            let text = format!(
                "a message to the event broker for port {port:?} has enumerations of one byte \
                 where a console wants words; compile with enumerations of four bytes"
            );
            self.warn(cx, text);
        }
        let narrow = narrow || self.events.narrow.contains(&port);
        let asked = Asked {
            message,
            port,
            flavor,
            narrow,
            data: &data,
        };
        if let Some(answer) = self.answer_to(cx, &asked) {
            self.broker_answers(cx, message, &answer);
        }
    }

    /// None: the answer comes later.
    fn answer_to(&mut self, cx: &mut CallCx<'_>, asked: &Asked<'_>) -> Option<Answer> {
        Some(match asked.flavor {
            is::NO_OP => Answer::result(0),
            is::CONFIGURE => self.configure_listener(asked),
            is::SEND_EVENT => self.dispatch_sent(cx, asked),
            is::GET_LISTENERS => self.list_listeners(cx, asked),
            is::SET_FOCUS => self.move_focus(asked),
            is::GET_FOCUS => Answer::result(self.events.focus.0),
            is::READ_POD_DATA => return self.begin_read(cx, asked),
            is::WRITE_POD_DATA | is::ISSUE_POD_CMD => {
                self.log_in_early(cx);
                let size = asked.word(PodDataHeader::pd_DataByteCount.offset());
                let from = PodDataHeader::SIZE as usize;
                let told = asked
                    .data
                    .get(from..)
                    .and_then(|rest| rest.get(..size as usize));
                let pod = asked.word(PodDataHeader::pd_PodNumber.offset()) as i32;
                match told {
                    Some(told) => Answer::result(self.command_pod(cx, pod, told).0),
                    None => BAD_PTR.into(),
                }
            }
            is::DESCRIBE_PODS => {
                self.log_in_early(cx);
                let room = self.room_in(cx.mem, asked.message);
                let (count, list) = self.describe_pods(room);
                self.list_answer(asked, count, &list, room)
            }
            is::MAKE_TABLE => match self.make_pod_table(cx, asked.port) {
                Ok(table) => Answer::with(asked.answer().word(table).0.clone()),
                Err(_) => SOFT_ERR.into(),
            },
            _ => NOT_SUPPORTED.into(),
        })
    }

    /// What is plugged in before the first field was there at power-on.
    fn log_in_early(&mut self, cx: &mut CallCx<'_>) {
        if self.events.pods.before_first_field() {
            let pods = self.plugged(cx.board);
            self.events.pods.log_in_all(&pods);
        }
    }

    fn configure_listener(&mut self, asked: &Asked<'_>) -> Answer {
        let at = ConfigurationRequest::cr_Category.offset();
        let category = widths::beside_flavor(asked.data, at, Category::LAST, asked.narrow);
        let category = category.and_then(Category::of);
        let mask = |at: u32| Mask(std::array::from_fn(|n| asked.word(at + 4 * n as u32)));
        let is_whole = asked.data.len() >= ConfigurationRequest::SIZE as usize;
        let Some(category) = category.filter(|_| is_whole) else {
            return SOFT_ERR.into();
        };
        let wishes = Wishes {
            category,
            trigger: mask(ConfigurationRequest::cr_TriggerMask.offset()),
            capture: mask(ConfigurationRequest::cr_CaptureMask.offset()),
            queue_max: asked.word(ConfigurationRequest::cr_QueueMax.offset()) as i32,
        };
        self.events.configure(asked.port, &wishes);
        Answer::with(asked.answer().0.clone())
    }

    fn dispatch_sent(&mut self, cx: &mut CallCx<'_>, asked: &Asked<'_>) -> Answer {
        let Some(frames) = frames::parse(asked.data, asked.port) else {
            return SOFT_ERR.into();
        };
        self.dispatch_frames(cx, frames);
        Answer::result(0)
    }

    /// Events that come from somewhere else than a field of the pods are told at once.
    pub(super) fn dispatch_frames(&mut self, cx: &mut CallCx<'_>, mut frames: Vec<frames::Frame>) {
        if self.events.listeners.is_empty() {
            return;
        }
        frames.extend(self.events.pods.updates());
        let happened = Happened {
            frames,
            ..Happened::default()
        };
        self.tell_listeners(cx, &happened);
        self.events.busy = true;
    }

    fn list_listeners(&mut self, cx: &mut CallCx<'_>, asked: &Asked<'_>) -> Answer {
        let room = self.room_in(cx.mem, asked.message);
        let mut list = Words::default();
        let mut count = 0;
        for listener in &self.events.listeners {
            let needed = LISTENERS_FIRST + LISTENER_SIZE * count;
            if room.is_some_and(|room| room <= needed) {
                break;
            }
            let category = written(listener.category.number(), asked.narrow);
            list.word(listener.port.0 as u32).word(category);
            count += 1;
        }
        let fits = count as usize == self.events.listeners.len();
        self.list_answer(asked, (count, fits), &list, room)
    }

    /// A list with its count in front, as long as the message that carries it.
    fn list_answer(
        &self,
        asked: &Asked<'_>,
        (count, fits): (u32, bool),
        list: &Words,
        room: Option<u32>,
    ) -> Answer {
        let mut words = asked.answer();
        words.word(count).bytes(&list.0);
        if let Some(room) = room {
            words.0.resize(room as usize, 0);
        }
        Answer {
            result: if fits { 0 } else { NO_MEM.0 },
            data: Some(words.0),
        }
    }

    fn move_focus(&mut self, asked: &Asked<'_>) -> Answer {
        let port = Item(asked.word(SetFocus::sf_DesiredFocusListener.offset()) as i32);
        if self.events.set_focus(port) {
            Answer::result(port.0)
        } else {
            BAD_ITEM.into()
        }
    }

    fn begin_read(&mut self, cx: &mut CallCx<'_>, asked: &Asked<'_>) -> Option<Answer> {
        self.log_in_early(cx);
        if asked.data.len() < PodDataHeader::SIZE as usize {
            return Some(BAD_PTR.into());
        }
        self.events.reads.push(PodRead {
            message: asked.message,
            port: asked.port,
            pod: asked.word(PodDataHeader::pd_PodNumber.offset()) as i32,
            flag: asked.word(PodDataHeader::pd_WaitFlag.offset()),
        });
        None
    }

    /// Answers those who have waited for a field with what their pods have reported in it.
    pub(super) fn answer_reads(&mut self, cx: &mut CallCx<'_>) {
        for read in std::mem::take(&mut self.events.reads) {
            let narrow = self.events.narrow.contains(&read.port);
            let mut pods = self.events.pods.logged_in().iter();
            let answer = match pods.find(|pod| i32::from(pod.number) == read.pod) {
                None => BAD_UNIT.into(),
                Some(pod) => {
                    let controls = pod.kind.controls();
                    let data = controls.map(|controls| frames::record(controls, pod.state));
                    let data = data.unwrap_or_default();
                    let mut words = Words::default();
                    words
                        .word(written(is::READ_POD_DATA + 1, narrow))
                        .word(read.pod as u32)
                        .word(read.flag)
                        .word(data.len() as u32)
                        .bytes(&data);
                    Answer::with(words.0)
                }
            };
            self.broker_answers(cx, read.message, &answer);
        }
    }
}
