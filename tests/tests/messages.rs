//! Messages and ports: acceptance checks 36 to 38 (kernel sheet 11.2) and section 7.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{
    BADITEM, BADPRIV, BADPTR, BADSIZE, BADTAG, BADTAGVAL, ILLEGAL_SIGNAL, NO_REPLY_PORT, NO_SIGS,
    NOTOWNER, REPLY_PORT_NEEDED, Status,
};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{ItemNode, Message, MsgPort, Task};
use tests::guest::{Guest, Tags, Word, both_profiles};

const PORT: u32 = 0x10A;
const MESSAGE: u32 = 0x109;

/// A second task with a port of its own, which it gets requests at.
fn server(g: &mut Guest) -> (Item, Item) {
    let thread = g.create_thread("server");
    let port = g.on(thread).create_port();
    (thread, port)
}

fn flags(g: &Guest, message: Item) -> u8 {
    g.field(message, ItemNode::n_Flags) & 3
}

/// Check 36: who has sent a message does not hold it until it comes back.
#[test]
fn check_36_possession_of_a_message() {
    both_profiles(|g| {
        let (thread, theirs) = server(g);
        let mine = g.create_port();
        let message = g.create_msg(mine);
        let me = g.main();
        assert_eq!(
            g.field(message, Message::msg_MsgPort),
            me,
            "the creator holds it"
        );
        assert_eq!(g.send_msg(theirs, message, 0x1000, 0), Status::OK);
        assert_eq!(g.field(message, Message::msg_MsgPort), theirs);
        assert_eq!(flags(g, message), 1, "sent");
        assert_eq!(g.send_msg(theirs, message, 0, 0), NOTOWNER);
        let mut other = g.on(thread);
        assert_eq!(other.pending(), other.port_signal(theirs));
        assert_eq!(other.get_msg(theirs), Status(message.0));
        assert_eq!(other.field(message, Message::msg_MsgPort), thread);
        assert_eq!(flags(&other, message), 0, "fetched");
        assert_eq!(other.reply_msg(message, 55, 0x2000, 0), Status::OK);
        assert_eq!(other.reply_msg(message, 55, 0, 0), BADPRIV, "it is gone");
        drop(other);
        assert_eq!(
            g.send_msg(theirs, message, 0, 0),
            NOTOWNER,
            "not fetched yet"
        );
        assert_eq!(flags(g, message), 3, "sent and replied");
        assert_eq!(g.pending(), g.port_signal(mine));
        assert_eq!(g.get_msg(mine), Status(message.0));
        assert_eq!(g.msg(message), (55, 0x2000, 0));
        assert_eq!(g.send_msg(theirs, message, 0, 0), Status::OK, "and again");
        assert_eq!(g.msg(message).0, 0, "the result is cleared");
    });
}

/// Check 37: a port keeps messages by priority, equal ones in order.
#[test]
fn check_37_priority_order_in_a_port() {
    both_profiles(|g| {
        let port = g.create_port();
        let reply = g.create_port();
        let priorities = [5, 9, 5, 200, 0, 9];
        let messages = priorities.map(|pri| g.create_small_msg(reply, pri));
        for message in messages {
            assert_eq!(g.send_msg(port, message, 0, 0), Status::OK);
        }
        let order = [3, 1, 5, 0, 2, 4].map(|n: usize| messages[n]);
        for message in order {
            assert_eq!(g.get_msg(port), Status(message.0));
        }
        assert_eq!(g.get_msg(port), Status(0));
    });
}

/// Check 38: a buffered message copies at sending and at replying; too much is BADSIZE.
#[test]
fn check_38_buffered_messages() {
    both_profiles(|g| {
        let (thread, theirs) = server(g);
        let mine = g.create_port();
        let message = g.create_buffered_msg(mine, 8);
        let at = g.ptr::<Message>(message).addr();
        assert_eq!(g.field(message, Message::msg_DataPtr), at + 0x44);
        assert_eq!(g.field(message, Message::msg_DataPtrSize), 8);
        let data = g.alloc(16);
        g.write_bytes(data, b"to there");
        assert_eq!(g.send_msg(theirs, message, data, 9), BADSIZE);
        assert_eq!(g.send_msg(theirs, message, 0x1FC, 8), BADPTR, "below 0x200");
        assert_eq!(g.send_msg(theirs, message, 0x2F_FFFC, 8), BADPTR);
        assert_eq!(g.send_msg(theirs, message, data, 8), Status::OK);
        g.write_bytes(data, b"too late");
        assert_eq!(g.read_bytes(at + 0x44, 8), b"to there");
        let mut other = g.on(thread);
        assert_eq!(other.get_msg(theirs), Status(message.0));
        assert_eq!(other.msg(message), (0, at + 0x44, 8));
        other.write_bytes(data, b"and back");
        assert_eq!(other.reply_msg(message, 3, data, 9), BADSIZE);
        assert_eq!(other.reply_msg(message, 3, data, 4), Status::OK);
        drop(other);
        assert_eq!(g.next_msg(mine), (3, at + 0x44, 4));
        assert_eq!(g.read_bytes(at + 0x44, 8), b"and here");
    });
}

/// 7.1: what the creation of a message refuses.
#[test]
fn creation_of_a_message_refuses() {
    both_profiles(|g| {
        let port = g.create_port();
        let with = |port: Item| Tags::new().and(10, port);
        assert_eq!(g.create(MESSAGE, Tags::new()), REPLY_PORT_NEEDED);
        assert_eq!(
            g.create(MESSAGE, Tags::new().and(11, 1_u32)),
            REPLY_PORT_NEEDED
        );
        let main = g.main();
        assert_eq!(g.create(MESSAGE, with(main)), BADITEM, "not a port");
        assert_eq!(g.create(MESSAGE, with(Item(0x7777))), BADITEM);
        let both = with(port).and(11, 0_u32).and(12, 8_u32);
        assert_eq!(g.create(MESSAGE, both), BADTAGVAL);
        assert_eq!(g.create(MESSAGE, with(port).and(13, 0_u32)), BADTAG);
        assert_eq!(g.create_sized(MESSAGE, with(port), 0x60), BADSIZE);
        let thread = g.create_thread("other");
        assert_eq!(g.on(thread).create(MESSAGE, with(port)), NOTOWNER);
    });
}

/// 7.2: signals of ports: allocated and freed with it, or the program's own.
#[test]
fn signals_of_ports() {
    both_profiles(|g| {
        let main = g.main();
        let port = g.create_port();
        assert_eq!(g.port_signal(port), 0x100);
        assert_eq!(g.field(main, Task::t_AllocatedSigs), 0x1FF);
        assert_eq!(g.delete(port), Status::OK);
        assert_eq!(g.field(main, Task::t_AllocatedSigs), 0xFF);
        let own = g.alloc_signal();
        let port = g.new_item(PORT, Tags::new().and(10, own).and(11, 0xABCD_u32));
        assert_eq!(g.port_signal(port), own);
        assert_eq!(g.field(port, MsgPort::mp_UserData), 0xABCD);
        assert_eq!(g.delete(port), Status::OK);
        assert_eq!(
            g.field(main, Task::t_AllocatedSigs),
            0x1FF,
            "the program's own stays"
        );
        let with = |signal: u32| Tags::new().and(10, signal);
        assert_eq!(g.create(PORT, with(0x10)), BADPRIV);
        assert_eq!(g.create(PORT, with(0x180)), BADPRIV);
        assert_eq!(g.create(PORT, with(0x8000_0000)), ILLEGAL_SIGNAL);
        assert!(g.create(PORT, with(0x4000_0000)).0 > 0, "allocated or not");
        while g.call("AllocSignal", &[0]) != Status(0) {}
        assert_eq!(g.create(PORT, Tags::new()), NO_SIGS);
    });
}

/// 7.4: the order of SendMsg's checks.
#[test]
fn the_order_of_sendmsgs_checks() {
    both_profiles(|g| {
        let (thread, theirs) = server(g);
        let mine = g.create_port();
        let message = g.create_msg(mine);
        let small = g.create_small_msg(mine, 0);
        let end = 0x30_0000;
        assert_eq!(g.send_msg(Item(0x7777), message, end, 4), BADITEM);
        assert_eq!(g.send_msg(theirs, Item(0x7777), end, 4), BADITEM);
        assert_eq!(
            g.send_msg(theirs, mine, end, 4),
            BADITEM,
            "a port is no message"
        );
        assert_eq!(g.on(thread).send_msg(theirs, message, end, 4), NOTOWNER);
        assert_eq!(g.send_msg(theirs, message, end, 4), BADPTR);
        assert_eq!(g.send_msg(theirs, message, end - 4, 5), BADPTR);
        assert_eq!(g.send_msg(theirs, message, 8, u32::MAX), BADPTR);
        assert_eq!(
            g.field(message, Message::msg_MsgPort),
            g.main(),
            "still here"
        );
        assert_eq!(
            g.send_msg(theirs, message, u32::MAX, 0),
            Status::OK,
            "size 0"
        );
        assert_eq!(
            g.send_msg(theirs, small, u32::MAX, u32::MAX),
            Status::OK,
            "no check"
        );
        assert_eq!(g.msg(small), (0, u32::MAX, u32::MAX));
    });
}

/// 7.4: a port whose signal is not allocated any more: queued, but ILLEGALSIGNAL.
#[test]
fn a_port_without_its_signal() {
    both_profiles(|g| {
        let mine = g.create_port();
        let signal = g.alloc_signal();
        let port = g.new_item(PORT, Tags::new().and(10, signal));
        let message = g.create_msg(mine);
        g.call("FreeSignal", &[signal]);
        assert_eq!(g.send_msg(port, message, 0, 0), ILLEGAL_SIGNAL);
        assert_eq!(g.get_msg(port), Status(message.0));
    });
}

/// 7.5: ReplyMsg: who may, and what can go wrong.
#[test]
fn replying() {
    both_profiles(|g| {
        let program = g.create_program("stranger");
        let (thread, theirs) = server(g);
        let mine = g.create_port();
        let message = g.create_msg(mine);
        assert_eq!(g.reply_msg(Item(0x7777), 0, 0, 0), BADITEM);
        assert_eq!(g.reply_msg(mine, 0, 0, 0), BADITEM);
        g.send_msg(theirs, message, 0, 0);
        assert_eq!(g.reply_msg(message, 0, 0, 0), BADPRIV, "a port holds it");
        g.on(thread).get_msg(theirs);
        assert_eq!(g.on(program).reply_msg(message, 0, 0, 0), BADPRIV);
        assert_eq!(g.reply_msg(message, 0, 0x30_0000, 4), BADPTR);
        assert_eq!(
            g.reply_msg(message, 6, 0, 0),
            Status::OK,
            "of the same program"
        );
        assert_eq!(g.next_msg(mine).0, 6);
        // The reply port has gone.
        g.send_msg(theirs, message, 0, 0);
        g.on(thread).get_msg(theirs);
        g.delete(mine);
        assert_eq!(g.on(thread).reply_msg(message, 0, 0, 0), NO_REPLY_PORT);
    });
}

/// 7.6: GetMsg and GetThisMsg.
#[test]
fn fetching() {
    both_profiles(|g| {
        let (thread, theirs) = server(g);
        let mine = g.create_port();
        let messages = [0; 2].map(|_| g.create_small_msg(mine, 0));
        let this = |g: &mut Guest, item: Item| g.call("GetThisMsg", &[item.word()]);
        assert_eq!(g.get_msg(Item(0x7777)), BADITEM);
        assert_eq!(g.get_msg(messages[0]), BADITEM, "not a port");
        assert_eq!(g.get_msg(theirs), NOTOWNER);
        assert_eq!(this(g, mine), BADITEM, "not a message");
        assert_eq!(this(g, messages[0]), Status(-1), "queued nowhere");
        for message in messages {
            g.send_msg(theirs, message, 0, 0);
        }
        assert_eq!(this(&mut g.on(thread), messages[1]), Status(messages[1].0));
        assert_eq!(g.field(messages[1], Message::msg_MsgPort), thread);
        assert_eq!(
            this(g, messages[0]),
            Status(messages[0].0),
            "the owner takes it back"
        );
        assert_eq!(g.on(thread).get_msg(theirs), Status(0));
        let stranger = g.create_thread("stranger");
        assert_eq!(this(&mut g.on(stranger), messages[0]), BADPRIV);
    });
}

/// 7.7: WaitPort: its checks, a message that is there, one that comes, and one of several.
#[test]
fn waitport() {
    both_profiles(|g| {
        let (thread, theirs) = server(g);
        let mine = g.create_port();
        let (a, b) = (g.create_small_msg(mine, 0), g.create_small_msg(mine, 0));
        let wait = |g: &mut Guest, port: Item, message: Item| {
            g.call("WaitPort", &[port.word(), message.word()])
        };
        assert_eq!(wait(g, Item(0x7777), Item::NONE), BADITEM);
        assert_eq!(wait(g, theirs, Item::NONE), NOTOWNER);
        assert_eq!(wait(g, mine, mine), BADITEM, "not a message");
        g.send_msg(mine, a, 0, 0);
        let signal = g.port_signal(mine);
        assert_eq!(wait(g, mine, Item::NONE), Status(a.0));
        assert_eq!(g.pending(), signal, "there already: the signal stays");
        // One message of two: the other stays queued.
        let mut other = g.on(thread);
        other.begin_call("WaitPort", &[theirs.word(), b.word()]);
        other.advance(2000);
        assert!(other.is_blocked(thread));
        drop(other);
        g.send_msg(theirs, a, 0, 0);
        g.advance(3000);
        assert!(g.is_blocked(thread), "not the one it waits for");
        g.send_msg(theirs, b, 0, 0);
        g.on(thread).wait();
        assert_eq!(g.on(thread).last(), Status(b.0));
        assert_eq!(g.on(thread).get_msg(theirs), Status(a.0));
        assert_eq!(
            g.vec(24, &[Item(0x7777).word(), 0]),
            BADITEM,
            "the old vector"
        );
    });
}

/// 7.3, 7.7: the message that somebody waits for is deleted: BADITEM.
#[test]
fn deletion_of_a_message_that_is_waited_for() {
    both_profiles(|g| {
        let (thread, theirs) = server(g);
        let mine = g.create_port();
        let message = g.create_msg(mine);
        let mut other = g.on(thread);
        other.begin_call("WaitPort", &[theirs.word(), message.word()]);
        other.advance(2000);
        drop(other);
        assert_eq!(g.delete(message), Status::OK);
        g.on(thread).wait();
        assert_eq!(g.on(thread).last(), BADITEM);
        assert_eq!(g.pending_of(thread), 0);
        // A queued one leaves its port.
        let message = g.create_msg(mine);
        g.send_msg(theirs, message, 0, 0);
        assert_eq!(g.delete(message), Status::OK);
        assert_eq!(g.on(thread).get_msg(theirs), Status(0));
    });
}

/// Quirk `port-delete-messages`: messages sent to a port that is deleted. Published profile:
/// they go back to their senders with BADITEM and no data. Shipped: they become loose.
#[test]
fn quirk_port_delete_messages() {
    both_profiles(|g| {
        let (thread, theirs) = server(g);
        let mine = g.create_port();
        let message = g.create_small_msg(mine, 0);
        g.send_msg(theirs, message, 0x1234, 0x5678);
        assert_eq!(g.on(thread).delete(theirs), Status::OK);
        if g.retail() {
            assert_eq!(g.get_msg(mine), Status(0));
            assert_eq!(g.pending(), 0);
            assert_eq!(flags(g, message), 0, "loose");
        } else {
            assert_eq!(g.pending(), g.port_signal(mine));
            assert_eq!(flags(g, message), 3);
            assert_eq!(g.next_msg(mine), (BADITEM.0, 0, 0));
        }
        assert!(g.is_item(message));
    });
}

/// 7.3: replies that are queued on a port when it goes become loose under both profiles.
#[test]
fn replies_on_a_deleted_port_become_loose() {
    both_profiles(|g| {
        let (thread, theirs) = server(g);
        let mine = g.create_port();
        let message = g.create_small_msg(mine, 0);
        g.send_msg(theirs, message, 0, 0);
        g.on(thread).get_msg(theirs);
        g.on(thread).reply_msg(message, 1, 2, 3);
        assert_eq!(g.delete(mine), Status::OK);
        assert_eq!(flags(g, message), 0);
        assert!(g.is_item(message));
        assert_eq!(g.call("GetThisMsg", &[message.word()]), Status(-1));
    });
}
