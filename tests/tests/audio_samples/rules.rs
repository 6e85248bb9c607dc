//! What may be attached, linked and monitored.

use crate::rig::*;
use emu_core::kernel::portfolio::errors::Status;
use tests::guest::{Tags, Word, both_profiles};

#[test]
fn what_attachments_refuse() {
    both_profiles(|g| {
        let instrument = instrument(g);
        let sound = sample(g, 100, &[]);
        let strange = g.string("NoSuch");
        let mut attach = |arguments: &[u32]| call(g, "AttachSample", arguments);
        assert_eq!(attach(&[7, sound.word(), 0]), BADITEM);
        assert_eq!(attach(&[instrument.word(), 7, 0]), BADITEM);
        assert_eq!(attach(&[instrument.word(), instrument.word(), 0]), BADITEM);
        assert!(attach(&[instrument.word(), sound.word(), strange]).0 < 0);
        let shape = g.new_item(0x406, Tags::new());
        let named = [instrument.word(), shape.word(), strange];
        assert!(call(g, "AttachEnvelope", &named).0 < 0);
        let env = [instrument.word(), shape.word(), 0];
        let first = item(g, "AttachEnvelope", &env);
        assert_eq!(call(g, "AttachEnvelope", &env), own(15), "one at a hook");
        assert_eq!(call(g, "DetachEnvelope", &[first.word()]), Status(0));
        item(g, "AttachEnvelope", &env);
    });
}

#[test]
fn create_item_knows_attachments() {
    both_profiles(|g| {
        let instrument = instrument(g);
        let sound = sample(g, 100, &[]);
        let shape = g.new_item(0x406, Tags::new());
        let of = |g: &mut tests::guest::Guest, tags: &[(u32, u32)]| {
            let tags = tags.iter().fold(Tags::new(), |all, &(t, v)| all.and(t, v));
            g.create(0x407, tags)
        };
        let (to, sample, envelope) = (
            (17, instrument.word()),
            (37, sound.word()),
            (43, shape.word()),
        );
        assert_eq!(of(g, &[to]), BADTAG, "nothing to attach");
        assert_eq!(of(g, &[to, sample, envelope]), BADTAG, "both");
        assert_eq!(of(g, &[sample]), BADITEM, "nowhere");
        assert_eq!(of(g, &[to, sample, (44, 0x30_0000)]), BADPTR);
        assert_eq!(of(g, &[to, sample, (40, 4)]), BADTAGVAL);
        assert_eq!(of(g, &[to, sample, (45, NOAUTOSTART), (99, 1)]), BADTAG);
        let made = of(g, &[to, sample, (40, NOAUTOSTART), (45, 10)]);
        assert!(made.0 > 0, "{made:?}");
        let made = emu_core::kernel::portfolio::items::Item(made.0);
        let expected = [
            (17, instrument.word()),
            (37, sound.word()),
            (43, 0),
            (SET_FLAGS, NOAUTOSTART),
            (START_AT, 10),
            (STATUS, 1),
        ];
        for (tag, value) in expected {
            assert_eq!(get(g, made, tag), value, "tag {tag}");
        }
        assert_eq!(set(g, made, &[(41, NOAUTOSTART)]), Status(0));
        assert_eq!(get(g, made, SET_FLAGS), 0);
        assert_eq!(g.delete(made), Status(0));
        assert_eq!(call(g, "DetachSample", &[made.word()]), BADITEM);
    });
}

#[test]
fn what_links_refuse() {
    both_profiles(|g| {
        let (one, other) = (instrument(g), instrument(g));
        let sound = sample(g, 100, &[]);
        let (a, b) = (attach(g, one, sound), attach(g, other, sound));
        let name = g.string("Second");
        let c = item(g, "AttachSample", &[one.word(), sound.word(), name]);
        let shape = g.new_item(0x406, Tags::new());
        let e = item(g, "AttachEnvelope", &[one.word(), shape.word(), 0]);
        let a = a.attachment.word();
        let mut link = |x: u32, y: u32| call(g, "LinkAttachments", &[x, y]);
        assert_eq!(link(7, a), BADITEM);
        assert_eq!(link(a, 7), BADITEM);
        assert!(link(a, b.attachment.word()).0 < 0, "another instrument");
        assert!(link(a, c.word()).0 < 0, "another FIFO");
        assert_eq!(link(a, e.word()), BADITEM, "an envelope");
        assert_eq!(link(e.word(), a), BADITEM);
        assert_eq!(link(a, 0), Status(0));
    });
}

#[test]
fn what_can_be_monitored() {
    both_profiles(|g| {
        let instrument = instrument(g);
        let sound = sample(g, 1000, &[]);
        let it = attach(g, instrument, sound);
        let (cue, _) = cue(g);
        let a = it.attachment.word();
        let mut monitor = |arguments: &[u32]| call(g, "MonitorAttachment", arguments);
        let at_end = -2_i32 as u32;
        assert_eq!(monitor(&[7, cue.word(), at_end]), BADITEM);
        assert_eq!(monitor(&[a, sound.word(), at_end]), BADITEM);
        assert_eq!(monitor(&[a, cue.word(), -1_i32 as u32]), own(24), "loops");
        assert_eq!(monitor(&[a, cue.word(), 100]), own(24), "places");
        assert_eq!(monitor(&[a, 0, 0]), Status(0), "nobody any more");
        at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        stays_quiet(g, it.mask, 2000);
    });
}

/// A cue that is gone is not rung, and harms nobody.
#[test]
fn a_deleted_cue() {
    both_profiles(|g| {
        let instrument = instrument(g);
        let sound = sample(g, 1000, &[]);
        let it = attach(g, instrument, sound);
        let (cue, mask) = cue(g);
        let arguments = [it.attachment.word(), cue.word(), -2_i32 as u32];
        assert_eq!(call(g, "MonitorAttachment", &arguments), Status(0));
        at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        assert_eq!(g.delete(cue), Status(0));
        stays_quiet(g, mask, 2000);
        assert_eq!(get(g, it.attachment, STATUS), 1);
    });
}

#[test]
fn calls_on_attachments_have_no_tags() {
    both_profiles(|g| {
        let instrument = instrument(g);
        let sound = sample(g, 1000, &[]);
        let it = attach(g, instrument, sound);
        let tags = list(g, &[(PITCH, 60)]);
        for name in ["StartAttachment", "ReleaseAttachment", "StopAttachment"] {
            let of = it.attachment.word();
            assert_eq!(call(g, name, &[of, tags]), BADTAG, "{name}");
            assert_eq!(call(g, name, &[7, 0]), BADITEM, "{name}");
        }
        assert_eq!(call(g, "WhereAttachment", &[7]), BADITEM);
    });
}
