//! Logging in and out, and what is an event.

use super::*;

fn pod(serial: u32, kind: PodKind) -> Pod {
    Pod {
        serial,
        kind,
        state: PodState::default(),
        output: None,
    }
}

fn numbers_of(chain: &PodChain) -> Vec<(u32, u8)> {
    let pods = chain.logged_in().iter();
    pods.map(|pod| (pod.serial, pod.number)).collect()
}

/// Numbers of the events of the last field, arrivals left out.
fn events(happened: &Happened) -> Vec<u8> {
    let frames = happened.frames.iter().filter(|frame| frame.happened);
    frames
        .map(|frame| frame.number)
        .filter(|number| ![4, 9, 25, 30].contains(number))
        .collect()
}

fn started(pods: &[Pod]) -> PodChain {
    let mut chain = PodChain::default();
    chain.log_in_all(pods);
    assert!(!chain.sample(pods, 1).port_changed);
    chain
}

#[test]
fn a_chain_is_believed_when_it_has_looked_the_same_for_ten_fields() {
    let pad = pod(1, PodKind::ControlPad);
    let mouse = pod(2, PodKind::Mouse);
    let mut chain = started(std::slice::from_ref(&pad));
    let both = [pad.clone(), mouse];
    for field in 2..12 {
        assert!(!chain.sample(&both, field).port_changed);
        assert_eq!(numbers_of(&chain), [(1, 1)]);
        assert!(chain.wants_field());
    }
    assert!(chain.sample(&both, 12).port_changed);
    assert_eq!(numbers_of(&chain), [(1, 1), (2, 2)]);
    assert!(!chain.sample(&both, 13).port_changed);
    assert!(!chain.wants_field());
    // A loose plug begins anew.
    for field in 14..40 {
        let now = if field % 5 == 0 {
            &both[..]
        } else {
            &both[..1]
        };
        assert!(!chain.sample(now, field).port_changed);
    }
    assert_eq!(numbers_of(&chain).len(), 2);
}

#[test]
fn before_the_first_field_pods_were_there_at_power_on() {
    let mut chain = PodChain::default();
    let pods = [pod(1, PodKind::ControlPad)];
    chain.log_in_all(&pods);
    assert!(chain.before_first_field());
    let pods = [pods[0].clone(), pod(2, PodKind::Stick)];
    assert!(!chain.sample(&pods, 1).port_changed);
    assert_eq!(numbers_of(&chain), [(1, 1), (2, 2)]);
    assert!(!chain.before_first_field());
}

#[test]
fn numbers_stay_while_plugged_in_and_the_lowest_free_one_is_given() {
    let mut pods: Vec<Pod> = (1..=3).map(|n| pod(n, PodKind::ControlPad)).collect();
    let mut chain = started(&pods);
    pods.remove(0);
    chain.log_in_all(&pods);
    assert_eq!(numbers_of(&chain), [(2, 2), (3, 3)]);
    assert_eq!(
        chain.place(1),
        Place {
            number: 3,
            position: 2,
            generic: 2
        }
    );
    pods.extend([pod(4, PodKind::Mouse), pod(5, PodKind::SuperPad)]);
    chain.log_in_all(&pods);
    assert_eq!(numbers_of(&chain), [(2, 2), (3, 3), (4, 1), (5, 4)]);
    assert_eq!(
        chain.place(2),
        Place {
            number: 1,
            position: 3,
            generic: 1
        }
    );
    assert_eq!(
        chain.place(3),
        Place {
            number: 4,
            position: 4,
            generic: 3
        }
    );
}

#[test]
fn a_button_is_an_event_when_it_changes() {
    let mut pods = [pod(1, PodKind::ControlPad)];
    let mut chain = started(&pods);
    let at = |pods: &mut [Pod; 1], buttons| pods[0].state.buttons = buttons;
    assert_eq!(events(&chain.sample(&pods, 2)), []);
    at(&mut pods, 0xC000_0000);
    let pressed = chain.sample(&pods, 3);
    assert_eq!(events(&pressed), [1, 3]);
    at(&mut pods, 0x6000_0000);
    let both = chain.sample(&pods, 4);
    assert_eq!(events(&both), [1, 2, 3]);
    let data: Vec<&[u8]> = both.frames.iter().map(|frame| &frame.data[..]).collect();
    let first = [
        &[0x20, 0, 0, 0],
        &[0x80, 0, 0, 0],
        &[0x60, 0, 0, 0],
        &[0x60, 0, 0, 0],
    ];
    assert_eq!(data, first);
}

#[test]
fn a_mouse_reports_ten_bits_a_field() {
    let mut pods = [pod(1, PodKind::Mouse)];
    let mut chain = started(&pods);
    pods[0].state.axes = [1200, -600, 0];
    let mut seen = Vec::new();
    for field in 2..7 {
        let happened = chain.sample(&pods, field);
        let moved = events(&happened) == [8];
        seen.push((chain.logged_in()[0].state.axes, moved, chain.wants_field()));
    }
    assert_eq!(
        seen,
        [
            ([511, -512, 0], true, true),
            ([1022, -600, 0], true, true),
            ([1200, -600, 0], true, false),
            ([1200, -600, 0], false, false),
            ([1200, -600, 0], false, false),
        ]
    );
    pods[0].state.buttons = 0x8000_0000;
    assert_eq!(events(&chain.sample(&pods, 9)), [5, 7], "standing still");
}

#[test]
fn a_stick_has_moved_when_an_axis_has_changed_by_more_than_one() {
    let mut pods = [pod(1, PodKind::Stick)];
    let mut chain = started(&pods);
    let mut told = Vec::new();
    for x in [1, 2, 3, 3, 1, 1] {
        pods[0].state.axes = [x, 0, 0];
        told.push(events(&chain.sample(&pods, 9)) == [29]);
    }
    assert_eq!(told, [false, true, false, false, false, false]);
    pods[0].state.axes = [1, 0, 1023];
    assert_eq!(events(&chain.sample(&pods, 9)), [29]);
}

#[test]
fn fire_is_tracked_while_the_trigger_is_or_was_down() {
    let mut pods = [pod(1, PodKind::LightGun)];
    let mut chain = started(&pods);
    let mut told = Vec::new();
    for buttons in [0, TRIGGER, TRIGGER, 0, 0] {
        pods[0].state.buttons = buttons;
        told.push((events(&chain.sample(&pods, 9)), chain.wants_field()));
    }
    let wanted = [
        (vec![], false),
        (vec![21, 23, 24], true),
        (vec![24], true),
        (vec![22, 23, 24], false),
        (vec![], false),
    ];
    assert_eq!(told, wanted);
}

#[test]
fn what_is_unplugged_reports_nothing_and_stays_as_it_was() {
    let mut pods = [pod(1, PodKind::ControlPad)];
    pods[0].state.buttons = 0x8000_0000;
    let mut chain = started(&pods);
    let happened = chain.sample(&[], 2);
    assert!(happened.frames.iter().all(|frame| !frame.happened));
    assert_eq!(chain.logged_in()[0].state.buttons, 0x8000_0000);
    assert_eq!(chain.updates().len(), 1);
}
