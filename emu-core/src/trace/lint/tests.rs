//! Each rule: a recording that breaks it, and one that keeps it.

use super::{Finding, Rule, lint};
use crate::trace::Recording;

/// Items and tasks that every recording here begins with.
const START: &str = "\
+0 0x0 item item=0x10 folio=1 kind=15 owner=0x0 at=0x1000 name=\"timer\"
+0 0x0 item item=0x20 folio=1 kind=5 owner=0x0 at=0x1100 name=\"main\"
+0 0x0 task task=0x20 name=\"main\" priority=100
+0 0x0 item item=0x30 folio=1 kind=5 owner=0x20 at=0x1200 name=\"thread\"
+0 0x0 task task=0x30 name=\"thread\" priority=100
+0 0x20 item item=0x21 folio=1 kind=14 owner=0x20 at=0x1300 name=\"first\"
+0 0x20 item item=0x22 folio=1 kind=14 owner=0x20 at=0x1400 name=\"\"
+0 0x20 item item=0x23 folio=1 kind=10 owner=0x20 at=0x1500 name=\"replies\"
+0 0x20 item item=0x24 folio=1 kind=9 owner=0x20 at=0x1600 name=\"letter\"
";

/// What the rules find in these events, which follow the start. `$` at the beginning of a line
/// stands for the main task, `%` for the thread.
fn found(events: &str) -> Vec<Finding> {
    let mut text = START.to_owned();
    for line in events.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (actor, rest) = match line.split_at(1) {
            ("$", rest) => ("0x20", rest),
            ("%", rest) => ("0x30", rest),
            _ => ("0x0", line),
        };
        text.push_str(&format!("+100 {actor} {}\n", rest.trim()));
    }
    let count = text.lines().count();
    let head = "overture trace 1\nlevel exact\nprogram \"test\" 0 ";
    let whole = format!("{head}{}\nevents\n{text}end {count}\n", "00".repeat(32));
    let recording = Recording::from_text(&whole).expect("a recording");
    lint(&recording.tape)
}

fn rules(events: &str) -> Vec<&'static str> {
    found(events).iter().map(|f| f.rule.name()).collect()
}

fn call(actor: char, name: &str, args: &str, result: &str) -> String {
    let call = format!("kernel.{name}");
    format!(
        "{actor}call call={call} pc=0x4000 args=({args})\n{actor}return call={call} value={result}\n"
    )
}

fn ask(ior: &str, send: &str, data: &str, recv: &str) -> String {
    format!(
        "$ask ior={ior} device=0x10 command=3 unit=1 offset=0 option=0 send={send} data={data} recv={recv}\n"
    )
}

fn done(ior: &str, error: i32, data: &str) -> String {
    format!("done ior={ior} actual=0 error={error} told=signal to=0x20 data={data}\n")
}

/// A request from SendIO to WaitIO.
fn whole(ior: &str) -> String {
    let send = call('$', "SendIO", ior, "0x0");
    let (before, after) = send.split_once('\n').expect("two lines");
    let (asked, ended) = (ask(ior, "-", "0x0", "-"), done(ior, 0, "0x0"));
    let waited = call('$', "WaitIO", ior, "0x0");
    format!("{before}\n{asked}{after}{ended}{waited}")
}

const NONE: [&str; 0] = [];
/// -713322481, "I/O in progress".
const NOT_DONE: &str = "0xd57b900f";

#[test]
fn a_request_sent_while_in_progress_is_found() {
    let again = call('$', "SendIO", "0x21", NOT_DONE);
    let events = ask("0x21", "-", "0x0", "-") + &again;
    let findings = found(&events);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let line = findings[0].to_string();
    assert_eq!(findings[0].rule, Rule::RequestInFlight);
    assert!(
        line.contains("IOReq 0x21 \"first\" (command 3 of \"timer\")"),
        "{line}"
    );
    assert!(
        line.contains("task 0x20 \"main\" in kernel.SendIO at pc 0x4000"),
        "{line}"
    );
    assert_eq!(rules(&(whole("0x21") + &whole("0x21"))), NONE);
}

#[test]
fn the_same_mistake_in_a_loop_is_counted() {
    let again = call('$', "SendIO", "0x21", NOT_DONE).repeat(5);
    let findings = found(&(ask("0x21", "-", "0x0", "-") + &again));
    let times: Vec<u64> = findings.iter().map(|f| f.times).collect();
    assert_eq!(times, [5]);
}

#[test]
fn what_is_sent_may_not_change_before_the_end() {
    let ask = ask("0x21", "0x5000+8", "0xaa", "-");
    assert_eq!(rules(&format!("{ask}{}", done("0x21", 0, "0xaa"))), NONE);
    let changed = format!("{ask}{}", done("0x21", 0, "0xbb"));
    assert_eq!(rules(&changed), ["buffer-changed"]);
}

#[test]
fn what_is_read_over_what_was_sent_is_no_change() {
    let ask = ask("0x21", "0x5000+8", "0xaa", "0x5004+64");
    assert_eq!(rules(&format!("{ask}{}", done("0x21", 0, "0xbb"))), NONE);
}

#[test]
fn memory_of_a_request_in_progress_may_not_be_freed() {
    let free = |at| call('$', "FreeMemToMemLists", &format!("0x900,{at},0x800"), "-");
    let ask = ask("0x21", "-", "0x0", "0x5000+2048");
    let (early, beside) = (ask.clone() + &free("0x5400"), ask.clone() + &free("0x5800"));
    assert_eq!(rules(&early), ["buffer-freed"]);
    assert_eq!(rules(&beside), NONE);
    let later = format!("{ask}{}{}", done("0x21", 0, "0x0"), free("0x5400"));
    assert_eq!(rules(&later), NONE);
}

#[test]
fn pages_of_a_request_in_progress_may_not_be_given_away() {
    let control = |command| {
        let args = format!("0x5000,0x800,{command},0x0");
        ask("0x21", "-", "0x0", "0x5000+2048") + &call('$', "ControlMem", &args, "0x0")
    };
    assert_eq!(rules(&control("0x3")), ["buffer-freed"]);
    assert_eq!(rules(&control("0x2")), NONE);
}

#[test]
fn two_requests_may_not_write_to_the_same_memory() {
    let first = ask("0x21", "-", "0x0", "0x5000+2048");
    let overlap = first.clone() + &ask("0x22", "-", "0x0", "0x57fc+2048");
    assert_eq!(rules(&overlap), ["buffers-overlap"]);
    let read_while_sent = first.clone() + &ask("0x22", "0x5000+8", "0x1", "-");
    assert_eq!(rules(&read_while_sent), ["buffers-overlap"]);
    let beside = first.clone() + &ask("0x22", "-", "0x0", "0x5800+2048");
    assert_eq!(rules(&beside), NONE);
    let after = first + &done("0x21", 0, "0x0") + &ask("0x22", "-", "0x0", "0x5000+2048");
    assert_eq!(rules(&after), NONE);
}

#[test]
fn two_requests_may_send_the_same_bytes() {
    let both = ask("0x21", "0x5000+8", "0x1", "-") + &ask("0x22", "0x5000+8", "0x1", "-");
    assert_eq!(rules(&both), NONE);
}

#[test]
fn an_error_that_no_call_has_told_is_noted() {
    let failed = ask("0x21", "-", "0x0", "-") + &done("0x21", -713_322_484, "0x0");
    let waited = call('$', "WaitIO", "0x21", "0xd57b900c");
    assert_eq!(
        rules(&(failed.clone() + &ask("0x21", "-", "0x0", "-"))),
        ["ignored-error"]
    );
    assert_eq!(rules(&failed), ["ignored-error"]);
    assert_eq!(rules(&(failed + &waited)), NONE);
}

#[test]
fn waiting_for_what_was_never_sent_is_found() {
    let wait = call('$', "WaitIO", "0x21", "0x0");
    assert_eq!(rules(&wait), ["wait-without-send"]);
    assert_eq!(rules(&(whole("0x21") + &wait)), NONE);
}

#[test]
fn an_aborted_request_wants_a_wait() {
    let abort = ask("0x21", "-", "0x0", "-") + &call('$', "AbortIO", "0x21", "0x0");
    let ended = abort + &done("0x21", -713_322_486, "0x0");
    let wait = call('$', "WaitIO", "0x21", "0xd57b900a");
    assert_eq!(
        rules(&(ended.clone() + &whole("0x21"))),
        ["abort-uncollected"]
    );
    assert_eq!(rules(&(ended + &wait + &whole("0x21"))), NONE);
}

#[test]
fn asking_without_end_is_noted() {
    let asked = ask("0x21", "-", "0x0", "-");
    let question = call('$', "CheckIO", "0x21", "0x0");
    assert_eq!(rules(&(asked.clone() + &question.repeat(99))), NONE);
    assert_eq!(rules(&(asked.clone() + &question.repeat(200))), ["polling"]);
    let slept = "$block waits=signals on=0x8\n";
    let with_sleep = (question.repeat(50) + slept).repeat(4);
    assert_eq!(rules(&(asked + &with_sleep)), NONE);
}

#[test]
fn a_request_in_progress_at_its_tasks_end_is_noted() {
    let exit = "$call call=kernel.ExitTask pc=0x4000 args=(0x0)\n";
    let gone = "$gone item=0x21\n$end task=0x20 status=0\n";
    let left = format!("{}{exit}{gone}", ask("0x21", "-", "0x0", "-"));
    assert_eq!(rules(&left), ["left-in-flight"]);
    let ended = format!("{}{exit}{gone}", whole("0x21"));
    assert_eq!(rules(&ended), NONE);
}

#[test]
fn a_message_under_way_may_not_be_sent() {
    let arrive = "$message message=0x24 port=0x23 reply=no\n";
    let again = call('$', "SendMsg", "0x23,0x24,0x0,0x0", "0xd57b9012");
    let fetch = call('$', "GetMsg", "0x23", "0x24");
    let ok = call('$', "SendMsg", "0x23,0x24,0x0,0x0", "0x0");
    assert_eq!(rules(&format!("{arrive}{again}")), ["message-under-way"]);
    assert_eq!(rules(&format!("{arrive}{fetch}{ok}")), NONE);
}

#[test]
fn replies_that_nobody_takes_are_noted() {
    let reply = "$message message=0x24 port=0x23 reply=yes\n";
    let stop = "stop why=exit status=0 picture=0x0\n";
    let cut = "stop why=enough status=0 picture=0x0\n";
    let fetch = call('$', "WaitPort", "0x23,0x0", "0x24");
    assert_eq!(rules(&format!("{reply}{stop}")), ["undrained-port"]);
    assert_eq!(rules(&format!("{reply}{fetch}{stop}")), NONE);
    assert_eq!(rules(&format!("{reply}{cut}")), NONE);
}

#[test]
fn a_queue_whose_results_stay_is_found() {
    let mach = |name: &str, args: &str| call('$', name, args, "0x0").replace("kernel", "mach");
    let ask = mach("device_read_async_inband", "0x203,0x403,0x1,0x0,0x1,0x8");
    let wait = mach("io_done_queue_wait", "0x403,0x5000");
    let end = mach("io_done_queue_terminate_direct", "0x403");
    let stop = "stop why=exit status=0 picture=0x0\n";
    let two = ask.repeat(2);
    assert_eq!(rules(&format!("{two}{wait}{stop}")), ["undrained-queue"]);
    assert_eq!(rules(&format!("{two}{wait}{wait}{stop}")), NONE);
    assert_eq!(rules(&format!("{two}{wait}{end}{stop}")), NONE);
}

#[test]
fn a_signal_on_top_of_another_is_noted() {
    let send = "$call call=kernel.SendSignal pc=0x4000 args=(0x30,0x100)\n\
                $signal task=0x30 bits=0x100\n$return call=kernel.SendSignal value=0x0\n";
    let wait = call('%', "WaitSignal", "0x100", "0x100");
    assert_eq!(rules(&format!("{send}{send}")), ["lost-signal"]);
    assert_eq!(rules(&format!("{send}{wait}{send}")), NONE);
}

#[test]
fn the_signal_of_a_port_may_come_twice() {
    let arrive = "$message message=0x24 port=0x23 reply=no\n$signal task=0x20 bits=0x100\n";
    assert_eq!(rules(&arrive.repeat(2)), NONE);
}

#[test]
fn locks_in_opposite_orders_are_found_though_nothing_happens() {
    let lock = |who, semaphore| call(who, "LockItem", &format!("{semaphore},0x1"), "0x1");
    let unlock = |who, semaphore| call(who, "UnlockItem", semaphore, "0x0");
    let both = |who, a, b| lock(who, a) + &lock(who, b) + &unlock(who, b) + &unlock(who, a);
    let one_way = both('$', "0x25", "0x26") + &both('%', "0x25", "0x26");
    let two_ways = both('$', "0x25", "0x26") + &both('%', "0x26", "0x25");
    assert_eq!(rules(&one_way), NONE);
    assert_eq!(rules(&two_ways), ["lock-order"]);
}

#[test]
fn a_lock_that_is_kept_to_the_end_is_found() {
    let lock = call('$', "LockItem", "0x25,0x1", "0x1");
    let unlock = call('$', "UnlockItem", "0x25", "0x0");
    let exit = "$call call=kernel.ExitTask pc=0x4000 args=(0x0)\n";
    assert_eq!(rules(&format!("{lock}{lock}{unlock}{exit}")), ["lock-kept"]);
    assert_eq!(rules(&format!("{lock}{lock}{unlock}{unlock}{exit}")), NONE);
}

#[test]
fn what_a_task_leaves_is_counted_by_kind() {
    let make = |item: &str, kind: u8| {
        format!(
            "$call call=kernel.CreateSizedItem pc=0x4000 args=(0x0)\n\
             $item item={item} folio=1 kind={kind} owner=0x20 at=0x1700 name=\"\"\n\
             $return call=kernel.CreateSizedItem value={item}\n"
        )
    };
    let all = make("0x40", 10) + &make("0x41", 14) + &make("0x42", 14);
    let exit = "$call call=kernel.ExitTask pc=0x4000 args=(0x0)\n";
    let gone = |item: &str| format!("$gone item={item}\n");
    let ended = "$end task=0x20 status=0\n";
    let three = gone("0x40") + &gone("0x41") + &gone("0x42");
    let findings = found(&format!("{all}{exit}{three}{ended}"));
    let whats: Vec<&str> = findings.iter().map(|f| f.what.as_str()).collect();
    assert_eq!(whats, ["it leaves 2 IOReqs, 1 message port"]);
    let delete = "$call call=kernel.DeleteItem pc=0x4000 args=(0x40)\n";
    assert_eq!(rules(&format!("{all}{delete}{three}{ended}")), NONE);
}

#[test]
fn every_rule_has_words_of_its_own() {
    for (n, rule) in Rule::ALL.iter().enumerate() {
        assert!(
            Rule::ALL[..n]
                .iter()
                .all(|other| other.name() != rule.name())
        );
        assert!(
            rule.what().ends_with('.') && rule.advice().ends_with('.'),
            "{rule}"
        );
    }
}
