//! The timeline as its user sees it: searches, clicks, keys.

use super::*;
use crate::trace::test_rig::recording;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use emu_core::trace::Recording;

struct State {
    view: TimelineView,
    timeline: Timeline,
    now: Tick,
    went: Option<Tick>,
}

fn harness(recording: &Recording) -> Harness<'static, State> {
    let timeline = Timeline::of(&recording.tape);
    let now = Tick(0);
    let view = TimelineView::default();
    let state = State {
        view,
        timeline,
        now,
        went: None,
    };
    let show = |ui: &mut Ui, state: &mut State| {
        let went = state.view.show(ui, &state.timeline, state.now);
        state.went = went.or(state.went);
    };
    Harness::builder()
        .with_size(vec2(1000.0, 400.0))
        .build_ui_state(show, state)
}

#[test]
fn a_search_selects_one_request_after_the_other() {
    let mut harness = harness(&recording("metronome"));
    harness.run();
    let field = harness.get_by_label("find");
    field.focus();
    harness.run();
    harness.get_by_label("find").type_text("timer");
    harness.run();
    let mut seen = Vec::new();
    for _ in 0..2 {
        harness.get_by_label("next").click();
        harness.run();
        let state = harness.state();
        let n = state.view.selected.expect("a request");
        let life = &state.timeline.requests()[n];
        assert!(Wanted::parse("timer").unwrap().fits(life));
        let place = state.view.scale.place(life.begun);
        assert!((0.0..=1.0).contains(&place), "it is shown");
        seen.push(n);
    }
    assert!(seen[0] < seen[1]);
    harness.get_by_label("previous").click();
    harness.run();
    assert_eq!(harness.state().view.selected, Some(seen[0]));
}

#[test]
fn a_search_that_cannot_be_read_says_so() {
    let mut harness = harness(&recording("metronome"));
    harness.run();
    harness.state_mut().view.search = ">5h".to_owned();
    harness.get_by_label("next").click();
    harness.run();
    assert!(
        harness
            .query_by_label_contains("is no length of time")
            .is_some()
    );
}

#[test]
fn a_click_goes_to_its_instant() {
    let mut harness = harness(&recording("metronome"));
    harness.run();
    harness.get_by_label("All").click();
    harness.run();
    let rect = harness.get_by_label("timeline").rect();
    let left = rect.left() + NAMES;
    let at = Pos2::new(left + (rect.right() - left) * 0.5, rect.bottom() - 30.0);
    harness.hover_at(at);
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run();
    let state = harness.state();
    let went = state.went.expect("an instant");
    let place = state.view.scale.place(went);
    assert!((place - 0.5).abs() < 0.02, "{place}");
}

#[test]
fn keys_zoom_and_move() {
    let mut harness = harness(&recording("metronome"));
    harness.run();
    let rect = harness.get_by_label("timeline").rect();
    let at = rect.center();
    harness.hover_at(at);
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run();
    let before = harness.state().view.scale;
    harness.key_press(Key::Equals);
    harness.run();
    let near = harness.state().view.scale;
    assert!(near.end().since(near.start()) < before.end().since(before.start()));
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert!(harness.state().view.scale.start() > near.start());
    harness.key_press(Key::Home);
    harness.run();
    assert_eq!(harness.state().view.scale.start(), Tick(0));
    assert!(harness.state().view.scale.end() >= harness.state().timeline.end());
}

#[test]
fn what_is_seen_follows_the_machine() {
    let mut harness = harness(&recording("metronome"));
    harness.run();
    let end = harness.state().timeline.end();
    harness.state_mut().now = end;
    harness.run();
    let scale = harness.state().view.scale;
    assert!((0.0..=1.0).contains(&scale.place(end)));
}
