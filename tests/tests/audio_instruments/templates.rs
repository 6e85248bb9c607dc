//! Templates: from the disc, from memory; what they take along.

use super::*;

/// 3.2: the current directory, $audio, the folder of the suffix; a file beats a description.
#[test]
fn templates_come_from_the_disc_first() {
    let own = file(Module {
        knobs: vec![knob("Own", 0, (0, 9, 5), Conversion::Nop)],
        ..module(vec![resource(ResourceKind::Ei, 1, "Own")])
    });
    with_files(&[("sawtooth.dsp", own)], |g| {
        let saw = instrument(g, "sawtooth.dsp");
        assert_eq!(g.call("GetNumKnobs", &[saw.word()]), Status(1));
        let square = instrument(g, "square.dsp");
        assert_eq!(g.call("GetNumKnobs", &[square.word()]), Status(2));
        instrument(g, "square.dsp");
        // Recordings say that it is built in; it is no mistake.
        assert!(warnings(g).is_empty(), "{:?}", warnings(g));
        assert_eq!(load_template(g, "nothing.dsp"), code(BADFILENAME));
        assert_eq!(load_template(g, ""), code(BADFILENAME));
    });
}

/// The file of an import is named after it; it must export it.
#[test]
fn imports_are_loaded_on_demand() {
    let user = |import: &str| file(module(vec![linked(Linkage::Import, import)]));
    let routine = file(module(vec![
        linked(Linkage::Export, "Shared"),
        resource(ResourceKind::Code, 7, "Entry"),
    ]));
    let files = [
        ("user.dsp", user("Shared")),
        ("shared.dsp", routine),
        ("lost.dsp", user("Nowhere")),
        ("liar.dsp", user("Other")),
        ("other.dsp", user("Shared")),
        ("circle.dsp", user("Circle")),
    ];
    with_files(&files, |g| {
        let user = instrument(g, "user.dsp");
        assert_eq!(total(g, CODE), 55);
        // The routine as an instrument of its own is the same one.
        let routine = instrument(g, "shared.dsp");
        assert_eq!(total(g, CODE), 55);
        assert_eq!(g.call("UnloadInstrument", &[user.word()]), Status::OK);
        assert_eq!(total(g, CODE), 55);
        assert_eq!(g.call("UnloadInstrument", &[routine.word()]), Status::OK);
        assert_eq!(total(g, CODE), 48);
        for name in ["lost.dsp", "liar.dsp", "circle.dsp"] {
            assert_eq!(load_template(g, name), code(EXTERNALREF), "{name}");
        }
    });
}

/// How a routine is called is its author's affair: files import from files, what is built in
/// from what is built in.
#[test]
fn routines_of_files_and_built_in_ones_are_kept_apart() {
    let sampler = || DspFile {
        name: b"mine.dsp".to_vec(),
        ..file(module(vec![linked(Linkage::Import, "OscUpDownFP")]))
    };
    let routine = || {
        file(module(vec![
            linked(Linkage::Export, "OscUpDownFP"),
            resource(ResourceKind::Code, 7, "Entry"),
        ]))
    };
    let built_in = 11 + 22;
    // The file's routine is missing, whether the built-in one is in use or not.
    with_files(&[("mine.dsp", sampler())], |g| {
        for _ in 0..2 {
            assert_eq!(load_template(g, "mine.dsp"), code(EXTERNALREF));
            instrument(g, "sampler.dsp");
        }
        let text = "the instrument file \"mine.dsp\" imports a routine, and there is no file \
                    \"oscupdownfp.dsp\" with it; the one that is built in is for built-in \
                    instruments only";
        assert_eq!(warnings(g), [text], "said once");
    });
    // The disc's routine is nothing for a built-in instrument, whichever came first.
    with_files(&[("oscupdownfp.dsp", routine())], |g| {
        let first = instrument(g, "sampler.dsp");
        assert_eq!(total(g, CODE), 48 + built_in);
        assert_eq!(g.call("UnloadInstrument", &[first.word()]), Status::OK);
        instrument(g, "oscupdownfp.dsp");
        assert_eq!(total(g, CODE), 48 + 7);
        instrument(g, "sampler.dsp");
        assert_eq!(total(g, CODE), 48 + 7 + built_in);
        assert!(warnings(g).is_empty());
    });
    // Both are there, and so is what is built in.
    let files = [("mine.dsp", sampler()), ("oscupdownfp.dsp", routine())];
    with_files(&files, |g| {
        instrument(g, "sampler.dsp");
        let before = total(g, CODE);
        assert_eq!(before, 48 + built_in);
        instrument(g, "mine.dsp");
        instrument(g, "mine.dsp");
        assert_eq!(total(g, CODE), before + 7);
    });
}

/// All that programs are known to load, but for `sampler3d`.
#[test]
fn which_instruments_are_built_in() {
    let named = "directout sampler fixedmonosample fixedstereosample fixedmono8 fixedstereo8 \
                 halfmonosample halfstereosample halfmono8 halfstereo8 varmono8 varmono16 \
                 adpcmmono adpcmvarmono adpcmhalfmono dcsqxdmono dcsqxdstereo dcsqxdhalfmono \
                 dcsqxdhalfstereo dcsqxdvarmono mixer2x2 mixer4x2 mixer8x2 mixer12x2 \
                 submixer2x2 submixer4x2 submixer8x2 envelope delaymono delaystereo tapoutput \
                 sawtooth triangle sawenv noise rednoise impulse svfilter envfollower monitor \
                 minimum maximum decodeadpcm";
    let not_there = "sampler3d varmono8_s pulser sawfilteredsaw sawfilterednoise sawenvsvfenv \
                     ezflix225 adpcmduck22s probe benchmark head tail splitexec";
    both_profiles(|g| {
        for name in named.split_whitespace() {
            let loaded = load_template(g, &format!("{name}.dsp"));
            assert!(loaded.0 > 0, "{name}: {loaded:?}");
        }
        for name in not_there.split_whitespace() {
            let loaded = load_template(g, &format!("{name}.dsp"));
            assert_eq!(loaded, code(BADFILENAME), "{name}");
        }
    });
}

/// Images in memory, by both calls and by CreateItem; what is wrong with them has its code.
#[test]
fn templates_are_defined_in_memory() {
    both_profiles(|g| {
        let image = file(module(vec![resource(ResourceKind::Code, 1, "Entry")])).write();
        let (at, len) = (g.alloc(image.len() as u32), image.len() as u32);
        g.write_bytes(at, &image);
        let defined = g.item_from("DefineInsTemplate", &[at, len, 0, 0]);
        let tags = g.tags(Tags::new().and(63, at).and(64, len));
        let created = g.item_from("CreateInsTemplate", &[tags]);
        assert_ne!(defined, created, "an item each");
        let third = g.new_item(0x401, Tags::new().and(63, at).and(64, len));
        for item in [defined, created, third] {
            assert!(alloc(g, item).0 > 0);
            assert_eq!(g.call("UnloadInsTemplate", &[item.word()]), Status::OK);
        }
        assert_eq!(
            g.call("DefineInsTemplate", &[0, len, 0, 0]),
            code(NULLADDRESS)
        );
        g.write(at, 0);
        let refused = g.call("DefineInsTemplate", &[at, len, 0, 0]);
        assert_eq!(refused, code(BADFILETYPE));
        let name = g.string("sawtooth.dsp");
        for (tags, error) in [
            (Tags::new(), BADTAGVAL),
            (Tags::new().and(63, at), BADTAGVAL),
            (Tags::new().and(12, name).and(64, len), BADTAG),
            (Tags::new().and(12, name).and(66, at), BADTAG),
            (Tags::new().and(12, name).and(40, 1_u32), BADTAG),
        ] {
            let tags = g.tags(tags);
            assert_eq!(g.call("CreateInsTemplate", &[tags]), code(error));
        }
        let tags = g.tags(Tags::new().and(12, name));
        assert!(g.call("CreateInsTemplate", &[tags]).0 > 0);
    });
}

/// A template takes its instruments with it, and those their knobs and probes.
#[test]
fn a_template_takes_what_was_made_of_it_along() {
    both_profiles(|g| {
        let before = g.item_count();
        let template = template(g, "sawtooth.dsp");
        let saw = Item(alloc(g, template).0);
        let knob = Item(grab(g, saw, "Frequency").0);
        let output = g.string("Output");
        let probe = g.item_from("CreateProbe", &[saw.word(), output, 0]);
        assert_eq!(g.item_count(), before + 4);
        assert_eq!(g.call("UnloadInsTemplate", &[template.word()]), Status::OK);
        for item in [template, saw, knob, probe] {
            assert!(!g.is_item(item));
        }
        assert_eq!(g.item_count(), before);
        assert_eq!(g.delete(knob), errors::BADITEM);
        assert_eq!(g.call("TweakKnob", &[knob.word(), 1]), code(BADITEM));
    });
}

/// A program that ends leaves nothing of its instruments.
#[test]
fn the_end_of_a_task_frees_its_instruments() {
    both_profiles(|g| {
        g.open_audio();
        let before = g.item_count();
        let program = g.create_program("other");
        {
            let mut other = g.on(program);
            let saw = instrument(&mut other, "sawtooth.dsp");
            grab(&mut other, saw, "Frequency");
        }
        assert_eq!(total(g, TICKS), 45 + 8);
        assert_eq!(g.delete(program), Status::OK);
        assert_eq!(total(g, TICKS), 45);
        assert_eq!(g.item_count(), before);
    });
}
