//! The chain of pods: plugging, holding, moving.

use super::*;

const PAD: PodName = PodName {
    controls: Controls::Pad,
    number: 1,
};

fn pads(kinds: &[PodKind]) -> Pads {
    Pads::of(Video::Ntsc, kinds)
}

fn kinds(pads: &Pads) -> Vec<PodKind> {
    pads.pods().iter().map(|pod| pod.kind).collect()
}

fn bit(name: &str) -> u32 {
    Controls::Pad.button(name).expect("a button of a pad")
}

#[test]
fn a_console_has_one_pad() {
    assert_eq!(kinds(&Pads::new(Video::Pal)), [PodKind::ControlPad]);
}

#[test]
fn pods_keep_their_serial_when_those_before_them_go() {
    let mut pads = pads(&[PodKind::ControlPad, PodKind::Mouse]);
    assert!(pads.event(&PodEvent::Plug(PodKind::Stick)));
    let serials = |pads: &Pads| pads.pods().iter().map(|pod| pod.serial).collect::<Vec<_>>();
    assert_eq!(serials(&pads), [1, 2, 3]);
    assert!(pads.event(&PodEvent::Unplug(1)));
    assert_eq!(serials(&pads), [2, 3]);
    assert!(pads.event(&PodEvent::Plug(PodKind::ControlPad)));
    assert_eq!(serials(&pads), [2, 3, 4]);
    for position in [0, 4, 255] {
        assert!(!pads.event(&PodEvent::Unplug(position)), "{position}");
    }
    assert!(pads.is_sound());
}

#[test]
fn a_chain_has_eight_pods_at_most() {
    let mut pads = pads(&[PodKind::Keyboard; PODS_MAX]);
    let before = pads.changes();
    assert!(!pads.event(&PodEvent::Plug(PodKind::Mouse)));
    assert_eq!(pads.pods().len(), PODS_MAX);
    assert_eq!(pads.changes(), before, "nothing has changed");
}

#[test]
fn opposite_directions_cancel_each_other() {
    let mut pads = Pads::new(Video::Ntsc);
    let state = |pads: &Pads| pads.pods()[0].state.buttons;
    pads.event(&PodEvent::Press(PAD, bit("left") | bit("A")));
    assert_eq!(state(&pads), bit("left") | bit("A"));
    pads.event(&PodEvent::Press(PAD, bit("right") | bit("up")));
    assert_eq!(state(&pads), bit("A") | bit("up"));
    pads.event(&PodEvent::Release(PAD, bit("left")));
    assert_eq!(state(&pads), bit("A") | bit("up") | bit("right"));
    pads.event(&PodEvent::Press(PAD, 1));
    assert_eq!(state(&pads) & 1, 0, "that is no button");
}

#[test]
fn pods_are_numbered_among_those_with_the_same_controls() {
    let mut pads = pads(&[PodKind::Mouse, PodKind::ControlPad, PodKind::SuperPad]);
    let second = PodName { number: 2, ..PAD };
    assert!(pads.event(&PodEvent::Press(second, bit("C"))));
    let buttons: Vec<u32> = pads.pods().iter().map(|pod| pod.state.buttons).collect();
    assert_eq!(buttons, [0, 0, bit("C")]);
    for number in [0, 3] {
        let none = PodName { number, ..PAD };
        assert!(!pads.event(&PodEvent::Press(none, bit("C"))));
        assert!(!pads.event(&PodEvent::Release(none, bit("C"))));
    }
    let (gun, stick) = (1, 1);
    assert!(!pads.event(&PodEvent::Aim { gun, at: None }));
    let axes = [0; 3];
    assert!(!pads.event(&PodEvent::Tilt { stick, axes }));
}

#[test]
fn mice_add_up_and_sticks_stand() {
    let mut pads = pads(&[PodKind::Mouse, PodKind::Stick]);
    for (right, down) in [(5, -3), (i32::MAX, 1), (10, 0)] {
        let mouse = 1;
        assert!(pads.event(&PodEvent::Move { mouse, right, down }));
    }
    let wrapped = 5_i32.wrapping_add(i32::MAX).wrapping_add(10);
    assert_eq!(pads.pods()[0].state.axes, [wrapped, -2, 0]);
    assert_eq!(pads.pods()[1].state.axes, [512; 3]);
    let axes = [0, 1023, 2000];
    assert!(pads.event(&PodEvent::Tilt { stick: 1, axes }));
    assert_eq!(pads.pods()[1].state.axes, [0, 1023, 1023]);
}

#[test]
fn a_pod_remembers_what_it_was_told() {
    let mut pads = pads(&[PodKind::ControlPad, PodKind::Glasses]);
    pads.drive(2, PodOutput::View(1, 2));
    pads.drive(9, PodOutput::View(3, 3));
    let told: Vec<_> = pads.pods().iter().map(|pod| pod.output).collect();
    assert_eq!(told, [None, Some(PodOutput::View(1, 2))]);
}

#[test]
fn a_damaged_chain_is_not_sound() {
    let good = pads(&[PodKind::ControlPad, PodKind::Mouse]);
    assert!(good.is_sound());
    let mut swapped = good.clone();
    swapped.chain.swap(0, 1);
    let mut reused = good.clone();
    reused.next_serial = 2;
    let mut long = good.clone();
    long.chain = vec![good.chain[0].clone(); 9];
    for bad in [swapped, reused, long] {
        assert!(!bad.is_sound());
    }
}
