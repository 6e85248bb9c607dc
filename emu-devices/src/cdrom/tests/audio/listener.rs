//! The place of sound as somebody with a clock would tell it.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Action {
    Play(u32, u32),
    Pause,
    Resume,
    Stop,
    Look,
}

/// What a listener would say, counting frames by the clock.
#[derive(Clone, Copy, Debug)]
enum Listener {
    Nothing,
    Plays { from: u32, to: u32, since: u64 },
    Waits { from: u32, to: u32, since: u64 },
    Ended,
}

impl Listener {
    fn at(self, now: u64) -> (u8, Option<u32>) {
        match self {
            Listener::Nothing => (AUDIO_NONE, None),
            Listener::Waits { from, .. } => (AUDIO_PAUSED, Some(from)),
            Listener::Ended => (AUDIO_COMPLETED, None),
            Listener::Plays { from, to, since } => {
                let frames = u128::from(now.saturating_sub(since)) * 75 / 12_500_000;
                match frames >= u128::from(to - from) && now >= since {
                    true => (AUDIO_COMPLETED, Some(to)),
                    false => (AUDIO_PLAYING, Some(from + frames as u32)),
                }
            }
        }
    }

    fn act(&mut self, action: Action, now: u64) {
        let heard = self.at(now);
        if heard.0 == AUDIO_COMPLETED {
            *self = Listener::Ended;
        }
        *self = match (action, *self) {
            (Action::Play(from, to), _) => {
                let since = now + 2_604;
                Listener::Plays { from, to, since }
            }
            (Action::Pause, Listener::Plays { to, since, .. }) => Listener::Waits {
                from: heard.1.unwrap(),
                to,
                since,
            },
            (Action::Resume, Listener::Waits { from, to, since }) => {
                let since = since.max(now);
                Listener::Plays { from, to, since }
            }
            (Action::Stop, _) => Listener::Nothing,
            (_, unchanged) => unchanged,
        };
    }
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        2 => (200..300_u32, 0..100_u32).prop_map(|(from, n)| Action::Play(from, (from + n).min(300))),
        2 => Just(Action::Pause),
        2 => Just(Action::Resume),
        1 => Just(Action::Stop),
        5 => Just(Action::Look),
    ]
}

proptest! {
    #[test]
    fn the_position_is_a_function_of_time(
        actions in prop::collection::vec((0..4_000_000_u64, action()), 1..40),
        saved in 0..40_usize,
    ) {
        // One is asked all the time, the other only at the end and was saved in between.
        let mut rig = Rig::with(DriveProfile::Instant, mixed());
        let mut twin = rig.clone();
        let mut listener = Listener::Nothing;
        for (n, (gap, action)) in actions.into_iter().enumerate() {
            if n == saved {
                let bytes = postcard::to_stdvec(&twin.drive).unwrap();
                twin.drive = postcard::from_bytes(&bytes).unwrap();
                prop_assert!(twin.drive.is_sound(twin.now));
            }
            for rig in [&mut rig, &mut twin] {
                rig.run_for(gap);
                let submit = match action {
                    Action::Play(from, to) => rig.play(from, to).1,
                    Action::Pause => rig.order(CMD_PAUSE),
                    Action::Resume => rig.order(CMD_RESUME),
                    Action::Stop => rig.order(CMD_STOP),
                    Action::Look => done(0),
                };
                prop_assert_eq!(submit, done(0));
            }
            listener.act(action, rig.now.0);
            let (status, frame) = listener.at(rig.now.0);
            let heard = rig.heard();
            prop_assert_eq!(heard.0, status);
            prop_assert!(frame.is_none_or(|frame| frame == heard.1), "{:?} {:?}", frame, heard);
        }
        prop_assert_eq!(rig.position(), twin.position());
        prop_assert_eq!(&rig.drive, &twin.drive);
    }
}
