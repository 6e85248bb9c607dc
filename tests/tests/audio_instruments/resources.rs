//! Resources of the signal processor: what fits, and what is given back.

use super::*;

/// 9.3 point 2: thirteen input FIFOs, the fourteenth player fails.
#[test]
fn the_fourteenth_fifo_fails() {
    both_profiles(|g| {
        let template = template(g, "fixedmonosample.dsp");
        let made: Vec<Item> = (0..13).map(|_| Item(alloc(g, template).0)).collect();
        assert!(made.iter().all(|item| item.0 > 0), "{made:?}");
        assert_eq!(total(g, IN_FIFO), 13);
        assert_eq!(alloc(g, template), code(NORSRC));
        assert_eq!(g.call("DeleteInstrument", &[made[5].word()]), Status::OK);
        assert!(alloc(g, template).0 > 0);
        assert_eq!(alloc(g, template), code(NORSRC));
    });
}

/// Head and tail have theirs; an instrument takes and gives back what its file says.
#[test]
fn an_instrument_takes_what_its_file_says_and_gives_it_back() {
    both_profiles(|g| {
        let empty = [CODE, EI, I, IN_FIFO, TICKS].map(|kind| total(g, kind));
        assert_eq!(empty, [48, 4, 2, 0, 45]);
        let player = instrument(g, "fixedmonosample.dsp");
        let of_it = [CODE, EI, I, IN_FIFO, TICKS]
            .map(|kind| g.call("DSPGetInsRsrcUsed", &[player.word(), kind]).0);
        assert_eq!(of_it, [6, 1, 1, 1, 6]);
        let after = [CODE, EI, I, IN_FIFO, TICKS].map(|kind| total(g, kind));
        assert_eq!(after, [54, 5, 3, 1, 51]);
        assert_eq!(
            place_of(g, player, EI, "amplitude"),
            0x00C,
            "behind the system's"
        );
        assert_eq!(place_of(g, player, I, "Output"), 0x10A);
        assert_eq!(place_of(g, player, IN_FIFO, "InFIFO"), 0);
        assert_eq!(
            g.call("DSPGetTotalRsrcUsed", &[12]),
            code(BADRSRCTYPE),
            "there are twelve types"
        );
        assert_eq!(g.call("UnloadInstrument", &[player.word()]), Status::OK);
        assert_eq!(
            [CODE, EI, I, IN_FIFO, TICKS].map(|kind| total(g, kind)),
            empty
        );
    });
}

/// 4.1: ticks run out first where programs are long; the published count of voices.
#[test]
fn eight_half_rate_players_fit_beside_a_mixer() {
    both_profiles(|g| {
        instrument(g, "mixer4x2.dsp");
        let player = template(g, "halfmono8.dsp");
        let made = (0..13).take_while(|_| alloc(g, player).0 > 0).count();
        assert_eq!(made, 8);
    });
}

/// CALCRATE_DIVIDE 2: half of them in even frames, half in odd ones.
#[test]
fn half_rate_doubles_the_number_of_instruments() {
    both_profiles(|g| {
        let heavy = file(module(vec![
            resource(ResourceKind::Code, 1, "Entry"),
            resource(ResourceKind::Ticks, 100, "Ticks"),
        ]));
        let image = heavy.write();
        let at = g.alloc(image.len() as u32);
        g.write_bytes(at, &image);
        let template = g.item_from("DefineInsTemplate", &[at, image.len() as u32, 0, 0]);
        let made = |g: &mut Guest, divide: u32| {
            let mut made = Vec::new();
            loop {
                let tags = g.tags(Tags::new().and(72, divide));
                match g.call("CreateInstrument", &[template.word(), tags]) {
                    Status(item) if item > 0 => made.push(Item(item)),
                    error => {
                        assert_eq!(error, code(NORSRC));
                        return made;
                    }
                }
            }
        };
        let full = made(g, 1);
        assert_eq!(full.len(), 5);
        for item in full {
            assert_eq!(g.delete(item), Status::OK);
        }
        assert_eq!(made(g, 2).len(), 10);
    });
}

/// A routine that several instruments import is there once.
#[test]
fn an_imported_routine_is_placed_once() {
    both_profiles(|g| {
        let first = instrument(g, "sampler.dsp");
        assert_eq!(total(g, CODE), 48 + 11 + 22);
        let second = instrument(g, "sampler.dsp");
        assert_eq!(total(g, CODE), 48 + 22 + 22);
        for sampler in [first, second] {
            assert_eq!(g.call("UnloadInstrument", &[sampler.word()]), Status::OK);
        }
        assert_eq!(total(g, CODE), 48);
    });
}
