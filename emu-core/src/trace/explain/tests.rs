//! Lives of requests from tapes that are written by hand.

use super::*;
use crate::trace::Recording;

/// A recording with these lines.
fn recording(lines: &str) -> Recording {
    let digest = "0".repeat(64);
    let count = lines.lines().count();
    let text = format!(
        "overture trace 1\nlevel exact\nprogram \"p\" 1 {digest}\nevents\n{lines}end {count}\n"
    );
    Recording::from_text(&text).expect("a good recording")
}

fn lives_of(lines: &str) -> Vec<Life> {
    lives(&recording(lines).tape)
}

fn kinds(life: &Life) -> Vec<(PartKind, u64)> {
    let parts = life.parts();
    parts.iter().map(|part| (part.kind, part.ticks.0)).collect()
}

fn sum(life: &Life) -> Ticks {
    Ticks(life.parts().iter().map(|part| part.ticks.0).sum())
}

const START: &str = "\
+0 0x0 item item=0x1b folio=1 kind=15 owner=0x0 at=0x100 name=\"CD-ROM\"
+0 0x0 task task=0x20 name=\"main\" priority=100
+0 0x0 task task=0x30 name=\"other\" priority=100
+0 0x20 run
";
const SEND: &str = "\
+100 0x20 call call=kernel.DoIO pc=0x48010 args=(0x22,0x4ff70)
+0 0x20 ask ior=0x22 device=0x1b command=1 unit=0 offset=150 option=0 send=- data=0x0 recv=0x50000+2048
+0 0x20 submit req=4 device=cdrom unit=0 op=read offset=150 option=0 send=- recv=0x50000+2048 by=ioreq of=0x22
+0 0x20 block waits=io on=0x22
";
const COMPLETE: &str = "\
+1003 0x30 complete req=4 actual=2048 error=- data=0x0 terms=queue:100+command:200+reading:600+transfer:100
+0 0x30 done ior=0x22 actual=2048 error=0 told=signal to=0x20 data=0x0
+0 0x30 signal task=0x20 bits=0x8
+50 0x20 run
+0 0x20 return call=kernel.DoIO value=0x0
";

#[test]
fn every_term_up_to_the_wake_up_is_there_and_sums() {
    let lives = lives_of(&format!("{START}{SEND}{COMPLETE}"));
    let [life] = lives.as_slice() else {
        panic!("{lives:?}")
    };
    let expected = [
        (PartKind::Queue, 100),
        (PartKind::Command, 200),
        (PartKind::Reading, 600),
        (PartKind::Transfer, 100),
        (PartKind::Instruction, 3),
        (PartKind::Processor, 50),
    ];
    assert_eq!(kinds(life), expected);
    assert_eq!((life.total(), sum(life)), (Some(Ticks(1053)), Ticks(1053)));
    assert_eq!(life.woken, Some((Item(0x20), Tick(1153))));
    assert_eq!(life.target, Some((Item(0x1b), "CD-ROM".into())));
    assert_eq!((&*life.asker_name, life.req()), ("main", Some(4)));
}

#[test]
fn an_open_request_says_what_is_over() {
    let lives = lives_of(&format!("{START}{SEND}"));
    assert_eq!((lives[0].total(), lives[0].ending), (None, None));
    assert_eq!(kinds(&lives[0]), []);
}

#[test]
fn a_completion_that_is_held_back_says_so() {
    let held = "+2 0x30 held req=4 delay=3\n";
    let lives = lives_of(&format!("{START}{SEND}{held}{COMPLETE}"));
    let held = (PartKind::Held, 3);
    assert!(kinds(&lives[0]).contains(&held), "{lives:?}");
    assert_eq!(Some(sum(&lives[0])), lives[0].total());
}

#[test]
fn a_task_that_sleeps_for_something_else_is_not_said_to_be_woken() {
    let other = SEND.replace("waits=io on=0x22", "waits=signals on=0x100");
    let complete = COMPLETE.replace("kernel.DoIO", "kernel.WaitSignal");
    let lives = lives_of(&format!("{START}{other}{complete}"));
    assert_eq!(
        (lives[0].woken, lives[0].total()),
        (None, Some(Ticks(1003)))
    );
}

#[test]
fn a_message_wakes_whoever_waits_at_its_port() {
    let send = SEND.replace("waits=io on=0x22", "waits=port on=0x21");
    let complete = COMPLETE
        .replace("told=signal to=0x20", "told=message to=0x23")
        .replace(
            "+0 0x30 signal",
            "+0 0x30 message message=0x23 port=0x21 reply=yes\n+0 0x30 signal",
        );
    let lives = lives_of(&format!("{START}{send}{complete}"));
    assert_eq!(lives[0].woken, Some((Item(0x20), Tick(1153))));
}

#[test]
fn blocks_of_a_file_belong_to_its_request() {
    let lines = "\
+0 0x0 item item=0x41 folio=1 kind=15 owner=0x0 at=0x100 name=\"a.txt\"
+0 0x20 call call=kernel.SendIO pc=0x48010 args=(0x22,0x4ff70)
+0 0x20 ask ior=0x22 device=0x41 command=1 unit=0 offset=0 option=0 send=- data=0x0 recv=0x50000+2048
+0 0x20 submit req=7 device=cdrom unit=0 op=read offset=190 option=0 send=- recv=k1+2048 by=volume of=0x1
+0 0x20 return call=kernel.SendIO value=0x0
+500 0x20 complete req=7 actual=2048 error=- data=0x0 terms=reading:500
+0 0x20 done ior=0x22 actual=2048 error=0 told=signal to=0x20 data=0x0
";
    let lives = lives_of(&format!("{START}{lines}"));
    let [file, block] = lives.as_slice() else {
        panic!("{lives:?}")
    };
    assert_eq!((file.inner.as_slice(), file.req()), (&[7][..], None));
    assert_eq!(kinds(file), [(PartKind::Files, 500)]);
    assert_eq!(kinds(block), [(PartKind::Reading, 500)]);
    assert_eq!(block.waited_for_by, [Item(0x22)]);
}

#[test]
fn an_operation_of_mach_wakes_its_thread() {
    let lines = "\
+9 0x20 call call=mach.device_read_async pc=0x1000 args=()
+0 0x20 submit req=1 device=timer unit=1 op=control3 offset=0 option=0 send=k14+8 recv=- by=mach of=0x15
+0 0x20 return call=mach.device_read_async value=0x0
+10 0x20 call call=mach.io_done_queue_wait pc=0x1000 args=()
+0 0x20 block waits=mach on=0x20
+90 0x0 complete req=1 actual=0 error=- data=0x0 terms=-
+0 0x0 mach_done operation=21 code=0 count=8 told=queue
+0 0x0 signal task=0x20 bits=0x20
+7 0x20 return call=mach.io_done_queue_wait value=0x0
";
    let lives = lives_of(&format!("{START}{lines}"));
    let expected = [(PartKind::Device, 100), (PartKind::Processor, 7)];
    assert_eq!(kinds(&lives[0]), expected);
    assert!(lives[0].parts()[0].meaning.contains("microsecond"));
}

#[test]
fn a_damaged_recording_claims_no_more_time_than_passed() {
    let complete = COMPLETE.replace("queue:100", "queue:18446744073709551615");
    let lives = lives_of(&format!("{START}{SEND}{complete}"));
    assert_eq!(Some(sum(&lives[0])), lives[0].total());
}

#[test]
fn what_a_device_answers_at_once_takes_no_time() {
    let send = SEND.replace("+0 0x20 block waits=io on=0x22\n", "");
    let answer = "\
+0 0x20 complete req=4 actual=0 error=bad-argument data=0x0 terms=-
+0 0x20 done ior=0x22 actual=0 error=-5 told=quiet to=0x20 data=0x0
";
    let lives = lives_of(&format!("{START}{send}{answer}"));
    assert_eq!(kinds(&lives[0]), [(PartKind::Device, 0)]);
    assert!(lives[0].parts()[0].meaning.contains("refused"));
}
