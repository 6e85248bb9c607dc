//! What requests are, and what refuses them.

use super::*;

/// Check 18: a fresh request counts as done quickly.
#[test]
fn check_18_a_fresh_request() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let port = g.create_port();
        for ior in [
            g.create_ioreq(timer, Item::NONE),
            g.create_ioreq(timer, port),
        ] {
            assert_eq!((g.io_flags(ior), g.io_error(ior)), (3, Status::OK));
            assert_eq!(g.check_io(ior), Status(1));
            assert_eq!(g.wait_io(ior), Status::OK);
        }
        assert_eq!(g.pending(), 0);
    });
}

/// 5.2: creation links the request to its device and makes the notification message.
#[test]
fn creation_of_a_request() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let port = g.create_port();
        let tags = Tags::new().name("req").pri(9).and(11, timer).and(10, port);
        let ior = g.new_item(0x10E, tags);
        assert_eq!(g.field(ior, IOReq::io_Dev), g.ptr::<Device>(timer));
        assert_eq!(g.field(ior, ItemNode::n_Priority), 9);
        let message = g.field(ior, IOReq::io_MsgItem);
        let name = g.field(message, ItemNode::n_Name);
        assert_eq!(g.text(name.addr()), "req");
        assert_eq!(g.field(message, ItemNode::n_Priority), 9);
        assert_eq!(g.field(message, ItemNode::n_Owner), g.main());
        assert_eq!(g.field(message, Message::msg_ReplyPort), port);
        assert_eq!(
            g.field(message, Message::msg_DataPtr),
            g.ptr::<IOReq>(ior).addr()
        );
        // The device's list holds it, through io_Link.
        let list = g.ptr::<Device>(timer).at(Device::dev_IOReqs);
        let last = g.peek(list.at(List::ListAnchor_tail));
        assert_eq!(last.addr(), g.ptr::<IOReq>(ior).at(IOReq::io_Link).addr());
        let quiet = g.create_ioreq(timer, Item::NONE);
        assert_eq!(g.field(quiet, IOReq::io_MsgItem), g.main());
    });
}

/// 5.2: what creation refuses.
#[test]
fn creation_of_a_request_refuses() {
    both_profiles(|g| {
        let port = g.create_port();
        let timer = Item(g.find(0x10F, "timer").0);
        let on = |device: Item| Tags::new().and(11, device);
        assert_eq!(g.create(0x10E, Tags::new()), BADITEM, "no device");
        assert_eq!(g.create(0x10E, on(port)), BADITEM, "not a device");
        assert_eq!(g.create(0x10E, on(timer)), ITEM_NOT_OPEN);
        g.open_device("timer");
        assert_eq!(
            g.create(0x10E, on(timer).and(10, timer)),
            BADITEM,
            "not a port"
        );
        assert_eq!(g.create(0x10E, on(timer).and(12, 0_u32)), BADTAG);
        assert_eq!(g.create_sized(0x10E, on(timer), 0x6C), BADSIZE);
        assert_eq!(
            g.create_sized(0x10E, on(timer), 0x70),
            BADSIZE,
            "the timer's are longer"
        );
        assert!(g.create_sized(0x10E, on(timer), 0x100).0 > 0);
        let thread = g.create_thread("other");
        let mut other = g.on(thread);
        assert_eq!(
            other.create(0x10E, on(timer)),
            ITEM_NOT_OPEN,
            "each opens for itself"
        );
        other.open_device("timer");
        assert_eq!(other.create(0x10E, on(timer).and(10, port)), NOTOWNER);
    });
}

/// Check 19: the IOInfo may be reused as soon as SendIO has returned.
#[test]
fn check_19_changing_the_ioinfo_has_no_effect() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let (a, b) = (
            g.create_ioreq(timer, Item::NONE),
            g.create_ioreq(timer, Item::NONE),
        );
        let info = g.info(Io::fields(1));
        assert_eq!(g.call("SendIO", &[a.word(), info]), Status(0));
        g.write(info + 0xC, 3);
        assert_eq!(g.call("SendIO", &[b.word(), info]), Status(0));
        g.advance_fields(1);
        assert_eq!((g.check_io(a), g.check_io(b)), (Status(1), Status(0)));
        g.advance_fields(2);
        assert_eq!(g.check_io(b), Status(1));
    });
}

/// The error of a request whose arguments are refused, wherever the profile puts it.
fn refused(g: &mut Guest, ior: Item, io: Io) -> Status {
    let result = g.send_io(ior, io);
    if g.retail() {
        return result;
    }
    assert_eq!(result, Status(1));
    g.io_error(ior)
}

/// Check 20: a flag other than IO_QUICK.
#[test]
fn check_20_unknown_flag() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let io = Io {
            flags: 1,
            ..Io::fields(1)
        };
        assert_eq!(refused(g, ior, io), BADIOARG);
    });
}

/// Check 21: a receive buffer in another program's page.
#[test]
fn check_21_receive_buffer_of_another_program() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let program = g.create_program("other");
        let theirs = g.program_memory(program);
        assert_eq!(refused(g, ior, Io::read_clock(1, theirs)), BADPTR);
        // Sending from there is no offence: any memory may be read.
        g.write(theirs, 0);
        g.write(theirs + 4, 16);
        let io = Io {
            command: 3,
            unit: 1,
            send: (theirs, 8),
            ..Io::default()
        };
        assert_eq!(g.do_io(ior, io), Status::OK);
    });
}

/// Check 22: negative lengths.
#[test]
fn check_22_negative_length() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let buffer = g.alloc(8);
        for len in [-1, -8, i32::MIN] {
            let recv = Io {
                recv: (buffer, len as u32),
                ..Io::default()
            };
            let send = Io {
                send: (buffer, len as u32),
                ..Io::default()
            };
            assert_eq!(refused(g, ior, recv), BADPTR);
            assert_eq!(refused(g, ior, send), BADPTR);
        }
    });
}
