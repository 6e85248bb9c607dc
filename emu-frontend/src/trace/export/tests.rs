//! What the exported picture holds.

use super::*;
use emu_core::trace::Header;

fn exported(lines: &str) -> String {
    let digest = "0".repeat(64);
    let count = lines.lines().count();
    let text = format!(
        "overture trace 1\nlevel exact\nprogram \"p\" 1 {digest}\nevents\n{lines}end {count}\n"
    );
    let recording = Recording::from_text(&text).expect("a good recording");
    let mut bytes = Vec::new();
    write(&recording, &mut bytes).expect("memory takes it");
    String::from_utf8(bytes).expect("JSON is text")
}

const TASK: &str = "+0 0x0 task task=0x20 name=\"a \\\"b\\\"\" priority=100\n";

#[test]
fn an_empty_recording_is_a_picture_with_names_only() {
    let recording = Recording {
        header: Header::default(),
        ..Recording::default()
    };
    let mut bytes = Vec::new();
    write(&recording, &mut bytes).expect("memory takes it");
    let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    let entries = value["traceEvents"].as_array().expect("events");
    assert!(entries.iter().all(|entry| entry["ph"] == "M"));
}

#[test]
fn times_are_microseconds_to_the_nanosecond() {
    let text = exported(&format!(
        "{TASK}+1 0x20 text text=\"x\"\n+18446744073709551614 0x20 text text=\"y\"\n"
    ));
    assert!(text.contains("\"ts\":0.080,"), "{text}");
    assert!(text.contains("\"ts\":1475739525896764129.200,"), "{text}");
}

#[test]
fn names_are_escaped() {
    let text = exported(TASK);
    assert!(text.contains(r#""a \"b\" 0x20""#), "{text}");
}

#[test]
fn a_call_lasts_for_its_cost_unless_its_task_is_heard_of_before() {
    let call = "\
+100 0x20 call call=kernel.GetMsg pc=0x48010 args=(0x21)
+0 0x20 return call=kernel.GetMsg value=0x0
";
    let late = exported(&format!("{TASK}{call}+9999 0x20 text text=\"x\"\n"));
    let call_ends = |text: &str| {
        let line = text
            .lines()
            .find(|line| line.contains("\"result\":\"0x0\""));
        let line = line.expect("the end of a call").to_owned();
        let ts = line.split("\"ts\":").nth(1).expect("a time");
        ts.split(',').next().expect("a number").to_owned()
    };
    let early = exported(&format!(
        "{TASK}{call}+5 0x20 call call=kernel.GetMsg pc=0x1 args=()\n"
    ));
    assert_eq!(call_ends(&early), "8.400");
    assert_ne!(call_ends(&late), "8.400");
    assert_ne!(call_ends(&late), "8.000");
}

#[test]
fn what_is_open_at_the_end_is_closed_or_stays_a_request() {
    let text = exported(&format!(
        "{TASK}\
+100 0x20 call call=kernel.DoIO pc=0x48010 args=(0x22,0x4ff70)
+0 0x20 ask ior=0x22 device=0x1b command=1 unit=0 offset=150 option=0 send=- data=0x0 recv=0x50000+2048
+0 0x20 submit req=4 device=cdrom unit=0 op=read offset=150 option=0 send=- recv=0x50000+2048 by=ioreq of=0x22
+0 0x20 block waits=io on=0x22
"
    ));
    let count = |phase: &str| text.matches(&format!("\"ph\":\"{phase}\"")).count();
    assert_eq!(count("B"), count("E"));
    assert_eq!((count("b"), count("e")), (2, 0));
    assert_eq!((count("s"), count("t"), count("f")), (1, 1, 0));
}

#[test]
fn a_recording_that_somebody_made_up_is_drawn_too() {
    let text = exported(
        "\
+0 0x77 return call=kernel.DoIO value=-
+0 0x77 block waits=io on=0x1
+0 0x77 complete req=9 actual=0 error=- data=0x0 terms=queue:18446744073709551615+seek:5
+0 0x77 submit req=9 device=other unit=255 op=read offset=0 option=0 send=- recv=- by=mach of=0x1
+0 0x77 submit req=9 device=other unit=255 op=read offset=0 option=0 send=- recv=- by=volume of=0x1
+1 0x77 complete req=9 actual=0 error=- data=0x0 terms=queue:18446744073709551615+seek:5
+0 0x77 done ior=0x1 actual=0 error=0 told=quiet to=0x0 data=0x0
+0 0x77 end task=0x77 status=0
+0 0x77 run
",
    );
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    assert_eq!(
        text.matches("\"ph\":\"B\"").count(),
        text.matches("\"ph\":\"E\"").count()
    );
}
