//! Requests in words.

use super::*;
use emu_core::trace::Recording;

const READ: &str = "\
+0 0x0 item item=0x1b folio=1 kind=15 owner=0x0 at=0x100 name=\"CD-ROM\"
+0 0x0 task task=0x20 name=\"main\" priority=100
+100 0x20 call call=kernel.DoIO pc=0x48010 args=(0x22,0x4ff70)
+0 0x20 ask ior=0x22 device=0x1b command=1 unit=0 offset=150 option=0 send=- data=0x0 recv=0x50000+2048
+0 0x20 submit req=4 device=cdrom unit=0 op=read offset=150 option=0 send=- recv=0x50000+2048 by=ioreq of=0x22
+0 0x20 block waits=io on=0x22
+102233 0x0 complete req=4 actual=2048 error=- data=0x0 terms=command:12500+reading:83333+transfer:6400
+0 0x0 done ior=0x22 actual=2048 error=0 told=signal to=0x20 data=0x0
+0 0x0 signal task=0x20 bits=0x8
+0 0x20 return call=kernel.DoIO value=0x0
end 10
";

fn life() -> Life {
    let digest = "0".repeat(64);
    let text = format!("overture trace 1\nlevel exact\nprogram \"p\" 1 {digest}\nevents\n{READ}");
    let recording = Recording::from_text(&text).expect("a good recording");
    lives(&recording.tape).remove(0)
}

#[test]
fn a_request_is_explained_in_words() {
    let text = in_words(&life(), DriveProfile::Nominal).join("\n");
    for expected in [
        "request 4 for IOReq 0x22: command 1 of \"CD-ROM\", cdrom 0 read 150, 2048 bytes",
        "asked by main (0x20) in kernel.DoIO at 0.000008",
        "no error, actual 2048; told: a signal to its owner",
        "12500          1000.000  command",
        "(drive nominal: 12500 cycles)",
        "83333.33 cycles a block at double speed, 166666.66 at single",
        "102233          8178.640  together      until task 0x20 runs again",
    ] {
        assert!(text.contains(expected), "{expected}:\n{text}");
    }
}

#[test]
fn the_formula_is_that_of_the_drive() {
    let of = |kind, drive| formula::of(kind, &life(), drive).unwrap_or_default();
    let fz1 = of(PartKind::Seek, DriveProfile::Fz1);
    assert!(fz1.contains("100000 + 250 * isqrt"), "{fz1}");
    let instant = of(PartKind::Seek, DriveProfile::Instant);
    assert_eq!(instant, "drive instant: 2604 cycles for a request");
    assert_eq!(of(PartKind::Processor, DriveProfile::Nominal), "");
}

#[test]
fn the_parts_in_json_sum_to_the_cycles() {
    let value = as_json(&life(), DriveProfile::Nominal);
    let parts = value["parts"].as_array().expect("parts");
    let sum: u64 = parts.iter().filter_map(|p| p["cycles"].as_u64()).sum();
    assert_eq!((value["cycles"].as_u64(), sum), (Some(102_233), 102_233));
    assert_eq!(
        (&value["request"], &value["by"]),
        (&json!(4), &json!("ioreq"))
    );
    assert_eq!(value["woken"], json!({"task": 0x20, "at": 102_333}));
}

#[test]
fn items_are_read_in_both_spellings() {
    assert_eq!(item("0x22"), Ok(Item(0x22)));
    assert_eq!(item("34"), Ok(Item(0x22)));
    assert!(item("x").is_err());
}

/// A disturbed run may have another drive than its options say.
#[test]
fn the_drive_is_that_of_the_recorded_run() {
    let of = |options: &[&str]| {
        let options = options.iter().map(|&word| word.to_owned()).collect();
        drive_of(&Header {
            options,
            ..Header::default()
        })
    };
    assert_eq!(of(&[]), DriveProfile::Nominal);
    assert_eq!(of(&["--seed", "3", "--drive", "fz1"]), DriveProfile::Fz1);
    let mut seeds = 0..100;
    let quick = seeds.find(|&seed| emu_core::chaos::Chaos::of_seed(seed).has_instant_drive());
    let seed = quick.expect("some seed has a quick drive").to_string();
    assert_eq!(of(&["--chaos", &seed]), DriveProfile::Instant);
}
